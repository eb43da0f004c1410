package org.demur.runtime;

/** Tells the person at the terminal, or the log, how far a long step is. Safe to advance from several threads. */
public interface Progress {
    /** Shows nothing. */
    Progress SILENT = new Progress() {
        @Override
        public void start(String what, long total, String unit) {}

        @Override
        public void advance(long amount) {}

        @Override
        public void done() {}
    };

    /** Begins a step of {@code total} units, such as 8192 "prompts". A total of 0 means unknown. */
    void start(String what, long total, String unit);

    /** More units were finished. */
    void advance(long amount);

    /** The step is over. */
    void done();
}
