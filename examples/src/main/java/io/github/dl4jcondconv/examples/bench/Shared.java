package io.github.dl4jcondconv.examples.bench;

import java.util.function.Supplier;

/** Made when it is first asked for, then kept: what several contenders of one comparison use. */
final class Shared<T> implements Supplier<T> {
    private final Supplier<T> maker;
    private T made;

    Shared(Supplier<T> maker) {
        this.maker = maker;
    }

    @Override
    public T get() {
        if (made == null) {
            made = maker.get();
        }
        return made;
    }
}
