package org.demur.runtime;

import org.demur.hub.TransferListener;

/** Shows the files of a model as they arrive. */
record FetchProgress(Progress progress) implements TransferListener {
    @Override
    public void started(String file, long bytes) {
        progress.start("fetch " + file, bytes, "bytes");
    }

    @Override
    public void received(long bytes) {
        progress.advance(bytes);
    }

    @Override
    public void finished() {
        progress.done();
    }
}
