package org.demur.engine;

/** Which token positions of each sequence are copied out. */
public sealed interface Positions {
    /** Every token. */
    Positions ALL = new All();
    /** The last token. */
    Positions LAST = new LastN(1);

    /** The last {@code n} tokens; every token of a shorter sequence. */
    static Positions lastN(int n) {
        return new LastN(n);
    }

    /** First kept position of a sequence of that length. */
    int first(int length);

    /** Every token. */
    record All() implements Positions {
        @Override
        public int first(int length) {
            return 0;
        }
    }

    /** The last {@code n} tokens. */
    record LastN(int n) implements Positions {
        /** Refuses less than one. */
        public LastN {
            if (n < 1) {
                throw new IllegalArgumentException("The last " + n + " tokens are none");
            }
        }

        @Override
        public int first(int length) {
            return Math.max(0, length - n);
        }
    }
}
