package org.demur.model;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tokens with a role of their own.
 *
 * @param bos begin of sequence
 * @param eos end of sequence
 * @param pad padding
 * @param bosText the text of bos; empty when there is none
 * @param eosText the text of eos; empty when there is none
 * @param turnEnds every id that ends a turn: eos, those of the generation settings, and control
 *     tokens that are known under such a name
 * @param addBos whether encoding puts bos in front
 * @param controlTokens ids of the control tokens by text
 */
public record SpecialTokens(
        OptionalInt bos,
        OptionalInt eos,
        OptionalInt pad,
        String bosText,
        String eosText,
        Set<Integer> turnEnds,
        boolean addBos,
        Map<String, Integer> controlTokens) {
    private static final Set<String> TURN_END_NAMES = Set.of(
            "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|end|>", "<|end_of_turn|>", "<|eot|>", "</s>");

    /** Copies the sets. */
    public SpecialTokens {
        turnEnds = Set.copyOf(turnEnds);
        controlTokens = Map.copyOf(controlTokens);
    }

    /** The named end-of-turn tokens among the control tokens. */
    static Set<Integer> namedTurnEnds(Map<String, Integer> controlTokens) {
        Set<Integer> ids = new TreeSet<>();
        controlTokens.forEach((text, id) -> {
            if (TURN_END_NAMES.contains(text)) {
                ids.add(id);
            }
        });
        return ids;
    }
}
