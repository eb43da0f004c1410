package org.demur.cells;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demur.edit.FeatureSlice;
import org.demur.prompts.TokenClass;
import org.demur.runtime.RunSeed;

/**
 * Values of features taken from other prompts.
 *
 * <p>Legend: {@code T} tokens, {@code M} features of a slice.
 */
final class Borrowed {
    /** Classes whose tokens are the same in every prompt and thus say nothing about a set. */
    private static final List<String> FIXED = List.of("pad", "bos", "system", "user_header");

    /** Values are drawn for as many tokens of an answer; later ones keep theirs. */
    private static final int WRITTEN_TOKENS = 256;

    private final ReferenceValues values;

    Borrowed(ReferenceValues values) {
        this.values = values;
    }

    /** Means over the tokens of a set: of the given classes, or of all but those before the user's text. */
    float[] means(FeatureSlice slice, String set, List<String> classes) {
        double[] sum_M = new double[slice.size()];
        long tokens = 0;
        for (TokenValues prompt : values.of(set)) {
            for (int t = 0; t < prompt.classes().size(); t++) {
                String own = prompt.classes().get(t);
                if (classes.isEmpty() ? FIXED.contains(own) : !classes.contains(own)) {
                    continue;
                }
                tokens++;
                for (int m = 0; m < sum_M.length; m++) {
                    sum_M[m] += value(prompt, slice, t, m);
                }
            }
        }
        float[] mean_M = new float[sum_M.length];
        for (int m = 0; m < mean_M.length; m++) {
            mean_M[m] = (float) (sum_M[m] / Math.max(1, tokens));
        }
        return mean_M;
    }

    private float value(TokenValues prompt, FeatureSlice slice, int t, int m) {
        int layer = slice.at().layer();
        int width = values.features().get(layer).length;
        return prompt.value_TM().get(layer)[t * width + values.column(layer, slice.features_M()[m])];
    }

    private void copy(TokenValues from, int fromToken, FeatureSlice slice, float[] value_TM, int toToken) {
        for (int m = 0; m < slice.size(); m++) {
            value_TM[toToken * slice.size() + m] = value(from, slice, fromToken, m);
        }
    }

    /**
     * Values of a partner at the same places: counted from the end of the user's text for its tokens and those before, from
     * its start for those after. Tokens without a place there have NaN.
     */
    float[] aligned(FeatureSlice slice, TokenValues partner, List<String> classes) {
        float[] value_TM = new float[classes.size() * slice.size()];
        Arrays.fill(value_TM, Float.NaN);
        for (int t = 0; t < classes.size(); t++) {
            String own = classes.get(t);
            boolean fromStart = own.equals(TokenClass.POST_INSTRUCTION.label());
            TokenClass place = TokenClass.labelled(own);
            int there = fromStart
                    ? partner.first(place) + t - classes.indexOf(own)
                    : partner.last(place) + t - classes.lastIndexOf(own);
            if (there >= 0
                    && there < partner.classes().size()
                    && partner.classes().get(there).equals(own)) {
                copy(partner, there, slice, value_TM, t);
            }
        }
        return value_TM;
    }

    /**
     * Values of random tokens of other prompts: of the same class for the prompt's tokens, of the user's text for those that
     * are written. All layers take theirs from the same tokens.
     *
     * @param donors prompts to draw from
     * @param classes of the prompt's tokens
     * @param draws random stream of the prompt
     */
    float[] resampled(FeatureSlice slice, List<TokenValues> donors, List<String> classes, RunSeed draws) {
        Map<String, List<Place>> places = new HashMap<>();
        for (TokenValues donor : donors) {
            for (int t = 0; t < donor.classes().size(); t++) {
                places.computeIfAbsent(donor.classes().get(t), missing -> new ArrayList<>())
                        .add(new Place(donor, t));
            }
        }
        float[] value_TM = new float[(classes.size() + WRITTEN_TOKENS) * slice.size()];
        Arrays.fill(value_TM, Float.NaN);
        for (int t = 0; t < classes.size() + WRITTEN_TOKENS; t++) {
            List<Place> alike =
                    places.getOrDefault(t < classes.size() ? classes.get(t) : TokenClass.CONTENT.label(), List.of());
            if (!alike.isEmpty()) {
                long draw = draws.derive("resample", t);
                Place place = alike.get((int) Long.remainderUnsigned(draw, alike.size()));
                copy(place.prompt, place.token, slice, value_TM, t);
            }
        }
        return value_TM;
    }

    private record Place(TokenValues prompt, int token) {}
}
