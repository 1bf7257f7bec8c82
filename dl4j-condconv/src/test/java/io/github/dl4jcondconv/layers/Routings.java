package io.github.dl4jcondconv.layers;

/** One of each kind of routing that a layer can do by itself. */
final class Routings {
    static final Routing[] ALL = {
        Routing.sigmoid(),
        Routing.softmax(2),
        Routing.sigmoid().withHiddenLayer(1.5),
        Routing.softmax(1).withHiddenLayer(0.125),
        Routing.sigmoid().withDropOut(0.6),
    };

    private Routings() {}
}
