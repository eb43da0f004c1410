package org.demur.hub;

/** Told how far a fetch is. */
public interface TransferListener {
    /** Hears nothing. */
    TransferListener NONE = new TransferListener() {
        @Override
        public void started(String file, long bytes) {}

        @Override
        public void received(long bytes) {}

        @Override
        public void finished() {}
    };

    /** A file of {@code bytes} begins to arrive. */
    void started(String file, long bytes);

    /** More bytes of it are there. */
    void received(long bytes);

    /** It is complete. */
    void finished();
}
