package org.demur.cells;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.prompts.TokenClass;

/**
 * Where an action holds.
 *
 * @param positions classes of prompt tokens, as spelled in the table {@code prompts}; all where empty
 * @param phases {@code prompt}, {@code decode} or both
 * @param layers blocks; all where empty
 */
public record Scope(List<String> positions, List<String> phases, List<Integer> layers) implements Serializable {
    /** While the prompt is read. */
    public static final String PROMPT = "prompt";
    /** While the answer is written. */
    public static final String DECODE = "decode";
    /** At every token and layer. */
    public static final Scope EVERYWHERE = new Scope(List.of(), List.of(PROMPT, DECODE), List.of());

    /** Copies the lists. */
    public Scope {
        positions = List.copyOf(positions);
        phases = List.copyOf(phases);
        layers = List.copyOf(layers);
    }

    /** Everywhere, in these phases only. */
    public static Scope phases(List<String> phases) {
        return new Scope(List.of(), phases, List.of());
    }

    @JsonIgnore
    boolean isEveryToken() {
        return positions.isEmpty() && phases.contains(PROMPT) && phases.contains(DECODE);
    }

    boolean holdsAt(HookPoint point) {
        return layers.isEmpty() || layers.contains(point.layer());
    }

    /** The edit, held to the scope's tokens. An answer that is given as text counts as written. */
    Edit within(Edit edit) {
        if (isEveryToken()) {
            return edit;
        }
        Set<TokenClass> classes = EnumSet.noneOf(TokenClass.class);
        if (phases.contains(PROMPT)) {
            classes.addAll(EnumSet.complementOf(EnumSet.of(TokenClass.RESPONSE)));
            if (!positions.isEmpty()) {
                classes.retainAll(positions.stream().map(TokenClass::labelled).toList());
            }
        }
        if (phases.contains(DECODE)) {
            classes.add(TokenClass.RESPONSE);
        }
        return new Edit.Within(edit, classes, phases.contains(DECODE));
    }

    /** What tells this scope from everywhere in a cell's id. */
    String suffix() {
        StringBuilder text = new StringBuilder();
        if (!positions.isEmpty()) {
            text.append("/at=").append(String.join(",", positions));
        }
        if (phases.size() < 2) {
            text.append("/in=").append(String.join(",", phases));
        }
        if (!layers.isEmpty()) {
            text.append("/layers=")
                    .append(String.join(
                            ",", layers.stream().map(String::valueOf).toList()));
        }
        return text.toString();
    }
}
