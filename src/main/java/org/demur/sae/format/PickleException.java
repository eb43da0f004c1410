package org.demur.sae.format;

/** A pickle that is refused; says what is wrong with it, to follow the name of the file. */
final class PickleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PickleException(String detail) {
        super(detail);
    }
}
