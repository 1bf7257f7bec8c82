package io.github.dl4jcondconv.examples.demo;

import java.util.List;

/**
 * How training went.
 *
 * @param loss mean over each epoch's steps, regularisation included
 * @param accuracy on the validation images after each epoch, 0 to 1
 */
public record Curve(List<Double> loss, List<Double> accuracy) {

    public Curve {
        loss = List.copyOf(loss);
        accuracy = List.copyOf(accuracy);
    }
}
