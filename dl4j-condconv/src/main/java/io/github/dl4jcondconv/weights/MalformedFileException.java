package io.github.dl4jcondconv.weights;

import java.io.IOException;

/** A file that is not what it claims to be; the message is one line. */
public final class MalformedFileException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedFileException(String message) {
        super(message.lines().findFirst().orElse(""));
    }
}
