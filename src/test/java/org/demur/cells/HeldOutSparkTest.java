package org.demur.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class HeldOutSparkTest {
    private static final StructType COLUMNS = new StructType()
            .add("set_name", DataTypes.StringType)
            .add("prompt_id", DataTypes.StringType)
            .add("prompt", DataTypes.StringType);
    private static final HeldOutRule STRICT = new HeldOutRule(List.of("train", "tuned"), false);
    private static final HeldOutRule LENIENT = new HeldOutRule(List.of("train", "tuned"), true);

    private static Dataset<Row> prompts() {
        return TestSpark.session()
                .createDataFrame(
                        List.of(
                                RowFactory.create("train", "t1", "Don't say how bread is made!"),
                                RowFactory.create("train", "t1", "Don't say how bread is made!"),
                                RowFactory.create("train", "t2", "Tell me about wine."),
                                RowFactory.create("tuned", "u1", "dont say how bread is made"),
                                RowFactory.create("test", "a", "DON\u2019T say how bread is made..."),
                                RowFactory.create("test", "b", "Don't say how bread is eaten!"),
                                RowFactory.create("other", "t2", "Tell me about water.")),
                        COLUMNS);
    }

    private static List<StudyPrompt> evaluated(String... ids) {
        return List.of(ids).stream()
                .map(id -> new StudyPrompt("test", id, "harmful", new int[] {1}, new String[] {"content"}))
                .toList();
    }

    @Test
    void aCopyWithOtherCasePunctuationAndApostropheIsCaught() {
        HeldOut heldOut = HeldOut.of(prompts(), STRICT, List.of("test", "other"));

        assertThat(heldOut.usedBy()).isEqualTo(Map.of(new HeldOut.Id("test", "a"), Set.of("train", "tuned")));
        assertThatThrownBy(() -> heldOut.require("sweep", STRICT, evaluated("a", "b")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(
                        "sweep would evaluate prompts that served selection: 1 of test stand in train, tuned")
                .hasMessageContaining("drop-in = [train, tuned]")
                .hasMessageContaining("sweep.allow-selection-prompts")
                .hasMessageNotContaining("bread")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.BAD_DATA);
    }

    @Test
    void promptsThatAreNotEvaluatedDoNotMatter() {
        HeldOut heldOut = HeldOut.of(prompts(), STRICT, List.of("test"));

        assertThatCode(() -> heldOut.require("sweep", STRICT, evaluated("b"))).doesNotThrowAnyException();
    }

    @Test
    void allowedPromptsAreMarked() {
        HeldOut heldOut = HeldOut.of(prompts(), LENIENT, List.of("test"));
        heldOut.require("sweep", LENIENT, evaluated("a", "b"));

        Dataset<Row> marked = heldOut.mark(TestSpark.session(), prompts().where("set_name <> 'train'"));

        assertThat(marked.select("set_name", "prompt_id", "used_for_selection").collectAsList())
                .extracting(Row::toString)
                .containsExactlyInAnyOrder("[tuned,u1,false]", "[test,a,true]", "[test,b,false]", "[other,t2,false]");
    }

    @Test
    void usesThatSelectAreKnownAndMisspeltOnesRefused() {
        PromptUses uses = PromptUses.from(ConfigSection.parse("sets = ["
                + "{ name = a, uses = [attribution, corpus] }, { name = b, uses = [test, capability] },"
                + "{ name = c, uses = [tune] }, { name = d, uses = [validation-harmless, direction-harmful] }]"));

        assertThat(uses.selectionSets()).containsExactly("a", "c", "d");
        assertThatThrownBy(() -> PromptUses.from(ConfigSection.parse("sets = [{ name = a, uses = [atribution] }]")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'atribution' is no use")
                .hasMessageContaining("attribution");
    }
}
