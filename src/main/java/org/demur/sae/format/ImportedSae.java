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
    /** Copies the origin, in order of its names. */
    public ImportedSae {
        origin = Collections.unmodifiableMap(new TreeMap<>(origin));
    }
}
