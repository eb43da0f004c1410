package org.demur.sae.format;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.demur.sae.Sae;

/**
 * A dictionary with what its file says about its origin.
 *
 * @param sae the dictionary
 * @param origin such as {@code model_name}, for the record only
 */
public record ImportedSae(Sae sae, Map<String, String> origin) {
    /** Copies the entries of the origin that say something, in order of their names. */
    public ImportedSae {
        Map<String, String> known = new TreeMap<>(origin);
        known.values().removeIf(String::isEmpty);
        origin = Collections.unmodifiableMap(known);
    }
}
