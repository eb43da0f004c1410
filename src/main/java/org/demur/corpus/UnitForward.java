package org.demur.corpus;

import java.util.List;
import java.util.SortedSet;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;

/**
 * Runs units through the model. The stream at a point does not depend on which other points are asked for.
 *
 * @param language the model
 * @param points where the stream is read
 * @param maxTokens tokens that go through the model at once, as the units were cut for
 */
public record UnitForward(LanguageModel language, SortedSet<HookPoint> points, int maxTokens) {
    /** Takes the vectors. */
    @FunctionalInterface
    public interface Visitor {
        /** The vector of prompt {@code prompt} of the unit at a point; its {@code t} is the position in the prompt. */
        void visit(int prompt, HookPoint point, ResidualVector vector);
    }

    /** Visits every token of a unit, given as the token ids of its prompts, at every point, prompt after prompt. */
    public void run(List<int[]> unit, Visitor visitor) {
        ForwardPlan plan = ForwardPlan.capture(points).withMaxTokensPerBatch(maxTokens);
        ForwardResult result =
                language.forward(unit.stream().map(TokenSequence::plain).toList(), plan);
        for (int prompt = 0; prompt < unit.size(); prompt++) {
            int length = unit.get(prompt).length;
            for (HookPoint point : points) {
                float[] x_TD = result.activation(prompt, point);
                for (int t = 0; t < length; t++) {
                    visitor.visit(prompt, point, new ResidualVector(x_TD, t, x_TD.length / length));
                }
            }
        }
    }
}
