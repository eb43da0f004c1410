package org.demur.sae.format;

import java.nio.file.Path;
import java.util.Map;
import org.demur.sae.Sae;

/**
 * Dictionaries on disk: the layout of SAELens 6, which SAELens loads unless the dictionary is of a kind that it does not know.
 * Facts about the origin are in {@code metadata}.
 */
public final class NativeFolder {
    private NativeFolder() {}

    /** Reads the folder of one dictionary. */
    public static Sae read(Path folder) {
        return new SaeLensReader(folder, ImportOptions.NONE).read().sae();
    }

    /** The plain entries of the metadata. */
    public static Map<String, String> provenance(Path folder) {
        return Settings.read(folder.resolve(SaeLensFormat.SETTINGS))
                .section("metadata")
                .plain();
    }

    /** Writes into an existing folder. */
    public static void write(Sae sae, Path folder, Map<String, String> provenance) {
        new SaeLensWriter(new ImportedSae(sae, provenance)).write(folder);
    }
}
