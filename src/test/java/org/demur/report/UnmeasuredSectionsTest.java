package org.demur.report;

import static org.assertj.core.api.Assertions.assertThat;

import j2html.tags.DomContent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnmeasuredSectionsTest {
    private static final ReportSettings.HeadlineChoice CHOICE = new ReportSettings.HeadlineChoice("", "fstar", 0, 0.0);

    static Stream<Section> sections() {
        return Stream.of(
                new RankingSection(CHOICE),
                new TuningSection(CHOICE),
                new CapabilitySection(),
                new OverRefusalSection(CHOICE),
                new AgreementSection());
    }

    @ParameterizedTest
    @MethodSource("sections")
    void aSectionWithoutRowsSaysThatNothingWasMeasured(Section section) {
        assertThat(text(section))
                .startsWith("<p class=\"absent\">Not measured: ")
                .doesNotContain("<svg");
    }

    @Test
    void judgesAndFluencyAreMissedApart() {
        assertThat(text(new JudgeSection(CHOICE)))
                .contains("No judge’s rates were published.", "Fluency was not measured.");
    }

    private static String text(Section section) {
        Map<String, QueryResult> results = new LinkedHashMap<>();
        section.queries().forEach(query -> results.put(query.id(), new QueryResult(query, "", List.of(), false)));
        return section.content(new Answers(results)).stream()
                .map(DomContent::render)
                .collect(Collectors.joining());
    }
}
