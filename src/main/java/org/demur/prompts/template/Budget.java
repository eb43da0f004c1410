package org.demur.prompts.template;

/** What one rendering may spend; whatever would spend more is refused. */
final class Budget {
    /** Deepest nesting of constructs, values and macro calls. */
    static final int MAX_DEPTH = 64;

    /** Most loop iterations in one rendering, and most items in one list. */
    static final int MAX_LOOP_STEPS = 100_000;

    private static final long MAX_WORK = 5_000_000L;
    // Keeps the interpreter's own recursion far from the end of a thread's stack.
    private static final int MAX_ACTIVE = 1_000;
    private static final long TEXT_ALLOWANCE_CHARS = 64L * 1024L;

    private final long textLimit_chars;
    private long loopSteps;
    private long work;
    private int calls;
    private int active;

    /** A budget for an input of that many characters: output may be four times as long plus 64 Ki. */
    Budget(long input_chars) {
        this.textLimit_chars = 4 * input_chars + TEXT_ALLOWANCE_CHARS;
    }

    void loopStep() {
        loopSteps++;
        if (loopSteps > MAX_LOOP_STEPS) {
            throw new Refusal("more than " + MAX_LOOP_STEPS + " loop steps");
        }
    }

    void work() {
        work++;
        if (work > MAX_WORK) {
            throw new Refusal("more than " + MAX_WORK + " evaluation steps");
        }
    }

    /** Begins a statement or expression; counts as work and has to be followed by {@link #leave}. */
    void enter() {
        work();
        active++;
        if (active > MAX_ACTIVE) {
            throw new Refusal("more than " + MAX_ACTIVE + " statements and expressions inside each other");
        }
    }

    void leave() {
        active--;
    }

    void enterCall() {
        calls++;
        checkDepth(calls);
    }

    void leaveCall() {
        calls--;
    }

    static void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new Refusal("nested deeper than " + MAX_DEPTH);
        }
    }

    void admitText(long length_chars) {
        if (length_chars > textLimit_chars) {
            throw new Refusal("a text longer than " + textLimit_chars + " characters");
        }
    }

    String admitted(String text) {
        admitText(text.length());
        return text;
    }

    void admitItems(long count) {
        if (count > MAX_LOOP_STEPS) {
            throw new Refusal("a row of more than " + MAX_LOOP_STEPS + " items");
        }
    }
}
