package org.demur.sae.format;

import java.nio.file.Path;

/** A file layout of dictionaries. */
public sealed interface SaeFormat
        permits SaeLensFormat,
                DictionaryLearningFormat,
                SparsifyFormat,
                GemmaScopeFormat,
                GemmaScope2Format,
                LlamaScopeFormat,
                LlamaScopeR1Format,
                OpenAiFormat,
                QwenScopeFormat {
    /** The name on the command line. */
    String label();

    /** Whether the files of this layout are at {@code path}, by their names. */
    boolean recognises(Path path);

    /**
     * Reads a dictionary.
     *
     * @throws org.demur.JobException if it is damaged, or is not exactly what this program can compute
     */
    ImportedSae read(Path path, ImportOptions options);

    /**
     * Writes a dictionary into an existing folder.
     *
     * @throws org.demur.JobException if the layout has no room for it, or the folder cannot be written
     */
    void write(ImportedSae sae, Path folder);
}
