package org.demur.judge;

/** What a judge looks at beside the prompt, and with it the columns that tell two judgements apart. */
public enum Subject {
    /** The text of the completion: equal texts are judged once, whatever cell they come from. */
    COMPLETION("completion_digest"),
    /** The model under the cell's intervention: judged once per cell and prompt. */
    CELL("cell_digest");

    private final String column;

    Subject(String column) {
        this.column = column;
    }

    /** The column of {@link Subjects} that becomes {@code subject_digest}. */
    String column() {
        return column;
    }
}
