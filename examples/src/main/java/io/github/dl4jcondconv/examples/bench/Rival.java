package io.github.dl4jcondconv.examples.bench;

/** Who competes. */
enum Rival {
    OURS("ours"),
    STOCK_DL4J("stock_dl4j"),
    PYTORCH("pytorch"),
    ONNXRUNTIME("onnxruntime"),
    /** What a comparison names: a plain convolution, a dense layer. */
    BASELINE("baseline");

    private final String key;

    Rival(String key) {
        this.key = key;
    }

    /** How JSON names it. */
    String key() {
        return key;
    }
}
