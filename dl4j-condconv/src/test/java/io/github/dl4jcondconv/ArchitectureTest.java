package io.github.dl4jcondconv;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.github.dl4jcondconv", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheEngineAndTheAccelerationTouchSessionsAndLayerInternals = noClasses()
            .that()
            .resideOutsideOfPackages("..engine..", "..accel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.nd4j.autodiff.samediff.internal..",
                    "org.deeplearning4j.nn.layers..",
                    "org.deeplearning4j.nn.graph.vertex.impl..");

    @ArchTest
    static final ArchRule layersKnowNothingOfWhatIsDoneToNetworks = noClasses()
            .that()
            .resideInAPackage("..layers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..dl4jcondconv.fusion..", "..dl4jcondconv.export..", "..dl4jcondconv.train..");

    @ArchTest
    static final ArchRule onlyTheBindingTouchesOneDnn = noClasses()
            .that()
            .resideOutsideOfPackage("..onednn..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco.dnnl..");

    @ArchTest
    static final ArchRule theEngineKnowsNoLayer = noClasses()
            .that()
            .resideInAPackage("..dl4jcondconv.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..dl4jcondconv.layers..");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.github.dl4jcondconv.(*)..").should().beFreeOfCycles();
}
