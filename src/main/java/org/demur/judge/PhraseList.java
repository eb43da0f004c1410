package org.demur.judge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;

/** A list of refusal phrases and how a response is prepared before it is searched for them. */
public enum PhraseList {
    /** Demur's default: the published phrases and their spellings, on normalised text. */
    NORMALISED("normalised"),
    /** The 12 phrases of Arditi et al. 2024 on the response as it is. */
    ARDITI_12("arditi12"),
    /** The 15 phrases of Yeo et al. 2025 on the response as it is. */
    YEO_15("yeo15");

    private final String settingName;

    PhraseList(String settingName) {
        this.settingName = settingName;
    }

    /** The name in job files and tables. */
    public String settingName() {
        return settingName;
    }

    /** The list with that name; {@link ExitCode#USAGE} when there is none. */
    public static PhraseList named(String settingName) {
        for (PhraseList list : values()) {
            if (list.settingName.equals(settingName)) {
                return list;
            }
        }
        throw new JobException(
                ExitCode.USAGE,
                "Unknown phrase list '" + settingName + "' in score.judges",
                "the lists are normalised, arditi12 and yeo15",
                "set list to one of them");
    }

    /** Prepares a response for the search; published lists only ignore case, as published. */
    String prepare(String response) {
        return switch (this) {
            case NORMALISED -> NormalisedText.of(response);
            case ARDITI_12, YEO_15 -> response.strip().toLowerCase(Locale.ROOT);
        };
    }

    /** The phrases in the file's order and spelling. */
    public List<String> phrases() {
        String resource = "phrases-" + settingName + ".txt";
        try (InputStream in = PhraseList.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Resource " + resource + " is missing from the jar");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot read " + resource, failure);
        }
    }
}
