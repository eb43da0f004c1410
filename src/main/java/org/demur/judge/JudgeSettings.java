package org.demur.judge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.demur.config.ConfigSection;

/**
 * The list {@code score.judges} of a job file.
 *
 * @param judges at least one; the first decides the headline columns
 */
public record JudgeSettings(List<NamedJudge> judges) {
    public JudgeSettings {
        judges = List.copyOf(judges);
    }

    /** Reads the list; what an entry leaves out comes from {@code judges-defaults.<kind>} beside it. */
    public static JudgeSettings from(ConfigSection score) {
        List<NamedJudge> judges = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ConfigSection section : score.sectionsByKind("judges", "kind")) {
            Judge judge = judge(section);
            String name = section.optionalString("name").orElseGet(() -> defaultName(judge));
            if (!names.add(name)) {
                throw section.invalid(
                        "name", "another judge is called " + name + " too", "give each judge a name of its own");
            }
            judges.add(new NamedJudge(name, judge));
        }
        if (judges.isEmpty()) {
            throw score.invalid("judges", "no judge is left", "leave the setting out for the default, phrases");
        }
        return new JudgeSettings(judges);
    }

    /** The judge of the headline columns. */
    public NamedJudge first() {
        return judges.get(0);
    }

    /** Everything that decides on the judges' rows, ready to become canonical JSON. */
    public List<Map<String, Object>> parameters() {
        return judges.stream()
                .map(named ->
                        Map.of("name", named.name(), "kind", named.judge().kind(), "settings", (Object) named.judge()))
                .toList();
    }

    /** Digests of all files that judges read. */
    public Map<String, String> sourceDigests() {
        Map<String, String> digests = new TreeMap<>();
        judges.forEach(named -> digests.putAll(named.judge().sourceDigests()));
        return digests;
    }

    private static Judge judge(ConfigSection section) {
        return switch (section.string("kind")) {
            case "phrases" ->
                PhraseJudge.of(PhraseList.named(section.string("list")), section.positive("prefix-characters"));
            case "first_token" -> FirstTokenJudge.from(section);
            case "classifier" -> ClassifierJudge.from(section);
            case "http" -> HttpJudge.from(section);
            case "labels" -> LabelJudge.from(section);
            default ->
                throw section.invalid(
                        "kind",
                        "'" + section.string("kind") + "' is no kind of judge",
                        "write phrases, first_token, classifier, http or labels");
        };
    }

    private static String defaultName(Judge judge) {
        return judge instanceof PhraseJudge phrases ? phrases.list().settingName() : judge.kind();
    }
}
