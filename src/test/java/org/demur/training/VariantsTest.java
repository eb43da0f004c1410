package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class VariantsTest {
    private static Variants parse(String hocon) {
        return Variants.from(ConfigSection.parse(hocon));
    }

    @Test
    void oneNumberOfEachIsOneDictionaryPerLayer() {
        assertThat(parse("features = 64, k = 4, seeds = [0]").all()).containsExactly(new SaeVariant(0, 64, 4, 0));
        assertThat(parse("features = 64, k = 4, seeds = 3").all().get(0).folder(7))
                .isEqualTo("layer=7");
    }

    @Test
    void listsGiveEveryCombinationAndTheFirstIsTheOneThatOthersRead() {
        Variants variants = parse("features = [64, 128], k = [4, 8.5], seeds = [0, 1]");
        assertThat(variants.all()).hasSize(8);
        assertThat(variants.all().stream().map(variant -> variant.folder(3)))
                .startsWith(
                        "layer=3", "others/layer=3,features=64,k=4,seed=1", "others/layer=3,features=64,k=8.5,seed=0")
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesWhatCannotBeTrained() {
        assertThatThrownBy(() -> parse("features = [64, 4], k = 8, seeds = [0]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("k lies between 1 and features, 4");
        assertThatThrownBy(() -> parse("features = [64, 64], k = 8, seeds = [0]"))
                .hasMessageContaining("is there twice");
        assertThatThrownBy(() -> parse("features = [], k = 8, seeds = [0]")).hasMessageContaining("the list is empty");
    }
}
