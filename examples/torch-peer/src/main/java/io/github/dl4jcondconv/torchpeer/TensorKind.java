package io.github.dl4jcondconv.torchpeer;

import java.util.Locale;

/** What a tensor is to a run: fixed, differentiated, or differentiated and moved by the optimiser. */
enum TensorKind {
    CONSTANT,
    VARIABLE,
    PARAMETER;

    static TensorKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
