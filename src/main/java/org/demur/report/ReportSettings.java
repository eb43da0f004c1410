package org.demur.report;

import org.demur.config.CanonicalJson;
import org.demur.config.ConfigSection;

/**
 * The section {@code report} of a job file.
 *
 * @param title of the page and part of the file name; the study's name by default
 * @param completions what is shown of completions
 * @param headline which cells of the sweep the first table compares
 */
public record ReportSettings(String title, Completions completions, HeadlineChoice headline) {

    /**
     * @param reveal {@code masked} shows completions of harmless prompts only, {@code all} those of every prompt
     * @param perCell completions shown per prompt set and condition
     * @param characters longer completions are cut
     */
    public record Completions(Reveal reveal, int perCell, int characters) {}

    /** Whose completions are shown as text. */
    public enum Reveal {
        HARMLESS,
        ALL
    }

    /**
     * @param set prompt set of the headline; empty takes the largest harmful one
     * @param featureSet the attributed features
     * @param nFeatures how many of them are edited; 0 takes the largest number of the sweep
     * @param coefficient factor on the features
     */
    public record HeadlineChoice(String set, String featureSet, int nFeatures, double coefficient) {}

    /** Reads the section; every key has a default in {@code defaults/report.conf}. */
    public static ReportSettings from(ConfigSection section) {
        ConfigSection headline = section.section("headline");
        ReportSettings settings = new ReportSettings(
                section.string("title"),
                new Completions(
                        section.flag("show-completions") ? Reveal.ALL : Reveal.HARMLESS,
                        section.integer("completions-per-cell"),
                        section.integer("completion-characters")),
                new HeadlineChoice(
                        headline.string("set"),
                        headline.string("feature-set"),
                        headline.integer("features"),
                        headline.number("coefficient")));
        requireName(headline, "set", settings.headline().set());
        requireName(headline, "feature-set", settings.headline().featureSet());
        return settings;
    }

    /** These settings as canonical JSON. */
    public String canonicalJson() {
        return CanonicalJson.of(this);
    }

    /** Both names become part of SQL text. */
    private static void requireName(ConfigSection section, String key, String name) {
        if (!name.matches("[\\w.-]*")) {
            throw section.invalid(key, "a name holds letters, digits, '_', '.' and '-'", "use the name of the table");
        }
    }
}
