package org.demur.cells;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;

/**
 * What an action waits for at every token.
 *
 * @param of {@code always}, {@code direction} (the stream's component along the refusal direction) or {@code feature}
 * @param layer block after which it is looked at; -1 for each point that the action edits
 * @param feature index in the SAE of that layer; -1 for a direction
 * @param above the number that must be exceeded, in units of the stream or of the SAE
 */
public record Trigger(String of, int layer, int feature, double above) implements Serializable {
    /** Nothing. */
    public static final Trigger ALWAYS = new Trigger("always", -1, -1, 0);

    /** The stream's component along the refusal direction; at the edited point itself where {@code layer} is -1. */
    public static Trigger direction(int layer, double above) {
        return new Trigger("direction", layer, -1, above);
    }

    /** A feature of a layer's SAE. */
    public static Trigger feature(int layer, int feature, double above) {
        return new Trigger("feature", layer, feature, above);
    }

    @JsonIgnore
    boolean isAlways() {
        return of.equals(ALWAYS.of);
    }

    @JsonIgnore
    boolean isOfFeature() {
        return of.equals("feature");
    }

    /** What tells this trigger from none in a cell's id. */
    String suffix() {
        if (isAlways()) {
            return "";
        }
        String place = isOfFeature() ? ":" + layer + ":" + feature : layer < 0 ? "" : ":" + layer;
        return "/if=" + of + place + ">" + above;
    }
}
