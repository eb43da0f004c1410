package org.demur.training;

/** Another worker of the same training has failed or gone; why is for that worker to say. */
final class WorkerLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerLostException(Throwable cause) {
        super("Another worker of this training run has failed", cause);
    }
}
