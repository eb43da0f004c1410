package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.prompts.TokenClass;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Edits that hold at some tokens only. */
class EditScopeTest {
    private static final HookPoint AT = HookPoint.residPost(1);
    private static EmbeddedModel embedded;
    private static List<TokenSequence> prompts;
    private static float[] vector;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        prompts = embedded.prompts(12, 20, 14, 31, 20, 26, 17, 33, 29, 15, 16, 22, 23, 24);
        vector = embedded.unit(2);
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    @Test
    void holdsAtTheClassesItNames() {
        Edit add = new Edit.AddDirection(AT, vector, 5);
        Edit within = new Edit.Within(add, Set.of(TokenClass.CONTENT, TokenClass.BOS), false);
        List<TokenSequence> rows = classified(List.of(within));
        ForwardPlan plan = ForwardPlan.capture(Set.of(AT));
        ForwardResult plain = embedded.model().forward(prompts, plan);
        ForwardResult edited = embedded.model().forward(rows, plan);
        for (int i = 0; i < rows.size(); i++) {
            float[] expected = plain.activation(i, AT).clone();
            for (int t = 0; t < rows.get(i).length(); t++) {
                TokenClass own = rows.get(i).classes().get(t);
                if (own == TokenClass.CONTENT || own == TokenClass.BOS) {
                    for (int j = 0; j < embedded.d(); j++) {
                        expected[t * embedded.d() + j] += 5 * vector[j];
                    }
                }
            }
            assertThat(Golden.relativeError(edited.activation(i, AT), expected)).isLessThan(2e-5);
        }
    }

    @Test
    void promptAndContinuationAreChosenApart() {
        Edit add = new Edit.AddDirection(AT, vector, 40);
        Set<TokenClass> all = Set.of(TokenClass.values());
        GenerationPlan plan = new GenerationPlan(6, Set.of(), 4);
        List<Generation> always = embedded.model().generate(classified(List.of(add)), plan);
        List<Generation> both = embedded.model().generate(classified(List.of(new Edit.Within(add, all, true))), plan);
        List<Generation> promptOnly =
                embedded.model().generate(classified(List.of(new Edit.Within(add, all, false))), plan);
        List<Generation> decodeOnly =
                embedded.model().generate(classified(List.of(new Edit.Within(add, Set.of(), true))), plan);
        List<Generation> never =
                embedded.model().generate(classified(List.of(new Edit.Within(add, Set.of(), false))), plan);
        List<Generation> plain = embedded.model().generate(prompts, plan);
        int different = 0;
        for (int i = 0; i < prompts.size(); i++) {
            assertThat(both.get(i).tokenIds()).isEqualTo(always.get(i).tokenIds());
            assertThat(never.get(i).tokenIds()).isEqualTo(plain.get(i).tokenIds());
            assertThat(decodeOnly.get(i).tokenIds()[0]).isEqualTo(plain.get(i).tokenIds()[0]);
            assertThat(promptOnly.get(i).tokenIds()[0]).isEqualTo(always.get(i).tokenIds()[0]);
            different +=
                    Arrays.equals(promptOnly.get(i).tokenIds(), always.get(i).tokenIds()) ? 0 : 1;
            different +=
                    Arrays.equals(decodeOnly.get(i).tokenIds(), plain.get(i).tokenIds()) ? 0 : 1;
        }
        assertThat(different).isGreaterThan(prompts.size() / 2);
    }

    @Test
    void needsTheClassesOfTheTokens() {
        Edit within = new Edit.Within(new Edit.AddDirection(AT, vector, 1), Set.of(TokenClass.CONTENT), true);
        assertThatThrownBy(() -> new TokenSequence(new int[] {4, 5}, List.of(within)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs the classes");
        assertThatThrownBy(() -> new Edit.Within(within, Set.of(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already says where it holds");
    }

    private static List<TokenSequence> classified(List<Edit> edits) {
        List<TokenSequence> rows = new ArrayList<>();
        for (TokenSequence prompt : prompts) {
            List<TokenClass> classes = new ArrayList<>(List.of(TokenClass.BOS));
            classes.addAll(Collections.nCopies(9, TokenClass.SYSTEM));
            classes.addAll(Collections.nCopies(prompt.length() - 12, TokenClass.CONTENT));
            classes.addAll(Collections.nCopies(2, TokenClass.POST_INSTRUCTION));
            rows.add(new TokenSequence(prompt.tokenIds(), edits, classes, 0));
        }
        return rows;
    }
}
