package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.WEIGHTNET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.profile.Counting;
import io.github.dl4jcondconv.profile.GraphProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published sizes, and those counted from official code. Nothing is allocated: a configuration is enough to count. A
 * number of millions is right if it rounds to what is published, whose last digit is the tolerance's.
 */
class ZooCountsTest {
    private static final double FIRST_DECIMAL = 0.05;
    private static final double SECOND_DECIMAL = 0.005;

    @ParameterizedTest
    @CsvSource({
        "0.5, 2, 2623234", "0.5, 4, 5201124", "0.5, 8, 10356904", "0.5, 16, 20668464", "0.5, 32, 41291584",
        "1.0, 2, 8321570", "1.0, 4, 16489988", "1.0, 8, 32826824", "1.0, 16, 65500496", "1.0, 32, 130847840",
        "0.5, 1, 1331592", "1.0, 1, 4231976"
    })
    void mobileNetV1HasThePapersParameters(double width, int experts, long parameters) {
        assertThat(profile(MobileNetV1.builder().block(CONDCONV).width(width).experts(experts))
                        .parameters())
                .isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 1, 149.5", "0.5, 2, 152.1", "0.5, 4, 154.6", "0.5, 8, 159.8", "0.5, 16, 170.1", "0.5, 32, 190.7",
        "1.0, 1, 568.7", "1.0, 2, 576.9", "1.0, 4, 585.1", "1.0, 8, 601.4", "1.0, 16, 634.1", "1.0, 32, 699.4"
    })
    void mobileNetV1HasThePapersMultiplyAdds(double width, int experts, double millions) {
        assertThat(millions(MobileNetV1.builder().block(CONDCONV).width(width).experts(experts)))
                .isCloseTo(millions, within(FIRST_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({"1, true, 55.9", "4, true, 55.8", "6, true, 55.6", "12, true, 52.5", "14, true, 49.2", "6, false, 47.4"
    })
    void mobileNetV1CanBeginConditionalLayersAnywhere(int first, boolean classifier, double millions) {
        assertThat(millions(MobileNetV1.builder()
                        .block(CONDCONV)
                        .width(0.25)
                        .experts(32)
                        .firstCondConvBlock(first)
                        .condConvClassifier(classifier)))
                .isCloseTo(millions, within(FIRST_DECIMAL));
    }

    @Test
    void mobileNetV2WithSixConditionalBlocksHasTheParametersOfPublicCode() {
        assertThat(profile(MobileNetV2.builder().block(CONDCONV)).parameters()).isEqualTo(22_885_496);
    }

    @Test
    void mobileNetV2WithSixConditionalBlocksHasTheMultiplyAddsOfPublicCode() {
        assertThat(millions(MobileNetV2.builder().block(CONDCONV))).isCloseTo(322.9, within(FIRST_DECIMAL));
    }

    @Test
    void mobileNetV2WithAllConditionalHasTheParametersQuotedAsThePapers() {
        assertThat(profile(allConditional()).parameters()).isEqualTo(27_814_256);
    }

    @Test
    void mobileNetV2WithAllConditionalHasTheMultiplyAddsQuotedAsThePapers() {
        assertThat(millions(allConditional())).isCloseTo(328.5, within(FIRST_DECIMAL));
    }

    private static MobileNetV2.Builder allConditional() {
        return MobileNetV2.builder().block(CONDCONV).firstCondConvBlock(1).condConvHead(true);
    }

    @Test
    void expertsAddToMnasNetWhatTheLastBlockAndTheClassifierHave() {
        assertThat(millions(MnasNetA1.builder().block(CONDCONV)) - millions(MnasNetA1.builder()))
                .isCloseTo(14.0, within(FIRST_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({"1, 5289740", "2, 7964532", "4, 13314116", "8, 24013284", "16, 45411620"})
    void efficientNetB0HasTheOfficialParameters(int experts, long parameters) {
        assertThat(profile(EfficientNet.builder().block(CONDCONV).experts(experts))
                        .parameters())
                .isEqualTo(parameters);
    }

    @Test
    void stockEfficientNetB0HasTheOfficialParameters() {
        assertThat(profile(EfficientNet.builder()).parameters()).isEqualTo(5_288_548);
    }

    @Test
    void stockDepthVariantIsEfficientNetB1() {
        assertThat(profile(EfficientNet.depthBuilder()).parameters()).isEqualTo(7_794_184);
    }

    @Test
    void depthVariantHasTheOfficialParameters() {
        assertThat(profile(EfficientNet.depthBuilder().block(CONDCONV)).parameters())
                .isEqualTo(39_715_968);
    }

    @ParameterizedTest
    @CsvSource({"1.1, 1.2, 9109994", "1.2, 1.4, 12233232"})
    void widerEfficientNetsHaveTheOfficialParameters(double width, double depth, long parameters) {
        assertThat(profile(EfficientNet.builder().width(width).depth(depth)).parameters())
                .isEqualTo(parameters);
    }

    @Test
    void efficientNetB0HasTheOfficialMultiplyAdds() {
        assertThat(millions(EfficientNet.builder())).isCloseTo(385.81, within(SECOND_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({"1.0, 2673600, 1192", "1.1, 4558176, 1819"})
    void anExpertOfEfficientNetHasTheOfficialKernelsAndRouters(double depth, long kernels, long routers) {
        EfficientNet.Builder efficientNet = EfficientNet.builder().depth(depth).block(CONDCONV);
        assertThat(profile(efficientNet.experts(3)).parameters()
                        - profile(efficientNet.experts(2)).parameters())
                .isEqualTo(kernels + routers);
    }

    /** TensorFlow's profiler counts element-wise operations too, each as half a multiply-add. */
    @ParameterizedTest
    @CsvSource({"1.0, 1, 391", "1.0, 4, 402", "1.0, 8, 413", "1.1, 8, 614"})
    void efficientNetsHaveTheReadmesMultiplyAdds(double depth, int experts, double millions) {
        BlockKind block = experts == 1 ? BlockKind.PLAIN : CONDCONV;
        EfficientNet.Builder builder = EfficientNet.builder().depth(depth).block(block);
        EfficientNet network = (block == CONDCONV ? builder.experts(experts) : builder).build();
        GraphProfile profile = GraphProfile.of(network.conf(), Counting.TENSORFLOW, network.inputType());
        assertThat(profile.multiplyAdds().orElseThrow() / 1e6).isCloseTo(millions, within(0.5));
    }

    @ParameterizedTest
    @CsvSource({"18, 11689512", "34, 21797672", "50, 25557032", "101, 44549160"})
    void resNetsHaveTorchvisionsParameters(int depth, long parameters) {
        assertThat(profile(ResNet.builder(depth)).parameters()).isEqualTo(parameters);
    }

    @Test
    void resNet34HasItsPublishedMultiplyAdds() {
        assertThat(millions(ResNet.builder(34))).isCloseTo(3664, within(0.5));
    }

    @Test
    void resNet18WithEightExpertsHasTheMillionsOfParametersThatLaterPapersQuote() {
        assertThat(profile(ResNet.builder(18).block(CONDCONV)).parameters() / 1e6)
                .isCloseTo(81.35, within(SECOND_DECIMAL));
    }

    @Test
    void anExpertOfResNet50HasTheKernelsOfThreeBlocksAndTheClassifier() {
        long perExpert = profile(ResNet.builder(50).block(CONDCONV).experts(3)).parameters()
                - profile(ResNet.builder(50).block(CONDCONV).experts(2)).parameters();
        long routers = 1024 + 2 * 2048 + 2048 + 4;
        assertThat(perExpert).isEqualTo(14_893_056 + 1000 + routers);
    }

    @Test
    void eightExpertsAddToResNet50ThePapersMultiplyAdds() {
        double router = 8 * (1024 + 3 * 2048) / 1e6;
        assertThat(millions(ResNet.builder(50).block(CONDCONV)) - millions(ResNet.builder(50)) - router)
                .isCloseTo(119.1, within(FIRST_DECIMAL));
    }

    /** The reproduction's README counts the running statistics too. */
    @ParameterizedTest
    @CsvSource({"1, 274042", "4, 1078402", "16, 4293274"})
    void resNet20ForCifarHasThePublishedParameters(int experts, long parameters) {
        GraphProfile profile = profile(CifarResNet.builder(20).block(CONDCONV).experts(experts));
        assertThat(profile.parameters() + profile.stateParameters()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1366792", "1.0, 2211976", "1.5, 3507720", "2.0, 5503992"})
    void shuffleNetsHaveTheOfficialParameters(double width, long parameters) {
        assertThat(profile(ShuffleNetV2.builder().width(width)).parameters()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 40.5", "1.0, 137.6", "1.5, 299.0", "2.0, 557.3"})
    void shuffleNetsHaveTheOfficialMultiplyAdds(double width, double millions) {
        assertThat(millions(ShuffleNetV2.builder().width(width))).isCloseTo(millions, within(FIRST_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 1, 1463928", "1.0, 1, 2435832", "1.5, 1, 3915344", "2.0, 1, 6198068",
        "0.5, 8, 2994072", "1.0, 4, 5143896", "1.5, 4, 10173104", "2.0, 4, 18268604"
    })
    void weightNetsHaveTheOfficialParameters(double width, int lambda, long parameters) {
        assertThat(profile(ShuffleNetV2.builder().block(WEIGHTNET).width(width).lambda(lambda))
                        .parameters())
                .isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 40.70", "1.0, 138.53", "2.0, 561.37"})
    void weightNetsHaveTheOfficialMultiplyAdds(double width, double millions) {
        assertThat(millions(ShuffleNetV2.builder().block(WEIGHTNET).width(width)))
                .isCloseTo(millions, within(SECOND_DECIMAL));
    }

    @ParameterizedTest
    @CsvSource({"1.5, 1, 301", "0.5, 8, 42", "1.0, 4, 141", "1.5, 4, 307", "2.0, 4, 573"})
    void weightNetsHaveTheReadmesMultiplyAdds(double width, int lambda, double millions) {
        assertThat(millions(ShuffleNetV2.builder().block(WEIGHTNET).width(width).lambda(lambda)))
                .isCloseTo(millions, within(0.5));
    }

    @Test
    void classesAndImagesMayHaveAnySize() {
        long perClass =
                profile(ResNet.builder(18).numClasses(11).inputShape(1, 40, 70)).parameters()
                        - profile(ResNet.builder(18).numClasses(10).inputShape(1, 40, 70))
                                .parameters();
        assertThat(perClass).isEqualTo(512 + 1);
    }

    private static GraphProfile profile(ZooNetwork.Builder<?> builder) {
        ZooNetwork network = builder.build();
        return GraphProfile.of(network.conf(), Counting.STANDARD.withPaperMixing(true), network.inputType());
    }

    private static double millions(ZooNetwork.Builder<?> builder) {
        return profile(builder).multiplyAdds().orElseThrow() / 1e6;
    }
}
