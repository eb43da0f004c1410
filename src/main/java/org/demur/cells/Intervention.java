package org.demur.cells;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.demur.config.CanonicalJson;

/**
 * All that is done to the residual stream in a cell, in order. Its canonical JSON is complete: with the tables of the same
 * runs it gives the same edits.
 *
 * <p>Actions on features at one point read the same code. A feature that several name is edited by the last of them.
 *
 * @param evidence what it was made from
 */
public record Intervention(List<Action> actions, Evidence evidence) implements Serializable {
    /** Refuses nothing at all: doing nothing is an action too. */
    public Intervention {
        actions = List.copyOf(actions);
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("An intervention needs an action, if only none");
        }
    }

    /** An intervention before its evidence is known. */
    public Intervention(List<Action> actions) {
        this(actions, Evidence.NONE);
    }

    /** Reads {@link #json()}. */
    public static Intervention parse(String json) {
        return CanonicalJson.read(json, Intervention.class);
    }

    /** Canonical JSON. */
    public String json() {
        return CanonicalJson.of(this);
    }

    /** The same without evidence. */
    Intervention plain() {
        return new Intervention(actions);
    }

    /** The action that the columns of tables describe: the first. */
    @JsonIgnore
    public Action first() {
        return actions.get(0);
    }

    /** Whether it takes values of other prompts for each token, so that it means nothing for texts of other sets. */
    @JsonIgnore
    public boolean isOfPrompt() {
        return actions.stream().anyMatch(action -> action.method().isOfPrompt());
    }

    /** Its actions in a few words. */
    String id() {
        return actions.stream().map(Action::id).collect(Collectors.joining("+"));
    }
}
