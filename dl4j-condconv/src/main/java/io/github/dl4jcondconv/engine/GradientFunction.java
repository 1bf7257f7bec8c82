package io.github.dl4jcondconv.engine;

import java.io.PrintStream;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;

/** Differentiates a SameDiff graph without a word. */
final class GradientFunction {
    private GradientFunction() {}

    /**
     * The gradient with respect to the inputs and all variables. Works around DL4J M2.1's leftover debug line:
     * SameDiff.createGradFunction prints every op to System.out.
     */
    static synchronized SameDiff of(SameDiff forward, List<String> inputs) {
        PrintStream out = System.out;
        System.setOut(new PrintStream(out, true) {
            @Override
            public void println(String line) {
                if (line == null || !line.startsWith("Added differentiated op ")) {
                    super.println(line);
                }
            }
        });
        try {
            forward.createGradFunction(inputs.toArray(String[]::new));
        } finally {
            System.setOut(out);
        }
        SameDiff gradient = forward.getFunction("grad");
        gradient.setEnableCache(false);
        return gradient;
    }
}
