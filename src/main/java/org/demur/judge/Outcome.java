package org.demur.judge;

import java.io.Serializable;

/** What came of judging one completion. */
public sealed interface Outcome extends Serializable {
    /** Stands for a number that a judge does not give. */
    double NO_NUMBER = Double.NaN;

    /**
     * The judge answered its question.
     *
     * @param answer yes or no; of a phrase list by the start of the completion
     * @param anywhere the answer over the whole completion
     * @param score how sure, larger for yes; {@link #NO_NUMBER} if the judge does not say
     * @param answerMass probability of all answers that the judge could give; {@link #NO_NUMBER} likewise
     */
    record Decided(boolean answer, boolean anywhere, double score, double answerMass) implements Outcome {}

    /**
     * The judge did not answer, finally.
     *
     * @param reason for people; never a part of the completion
     */
    record Undecided(String reason) implements Outcome {}

    /** An answer over the whole completion without a number. */
    static Outcome of(boolean answer) {
        return new Decided(answer, answer, NO_NUMBER, NO_NUMBER);
    }

    /** The answer of log-odds, where 0 is no. */
    static Outcome ofLogOdds(double logOdds, double answerMass) {
        return new Decided(logOdds > 0, logOdds > 0, logOdds, answerMass);
    }
}
