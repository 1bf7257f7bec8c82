package io.github.dl4jcondconv.weights;

/**
 * Where one parameter of a kind of layer is in a state dictionary.
 *
 * @param parameter the parameter's name in DL4J
 * @param tensor the tensor's name after the layer's
 * @param form how it is held there
 */
record Rule(String parameter, String tensor, Form form) {}
