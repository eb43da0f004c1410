package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.demur.edit.HookPoint;
import org.demur.sae.LaneProduct;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.junit.jupiter.api.Test;

class DecoderBlockTest {
    private static Sae sae(float[] w_enc_FD, float[] w_dec_FD, int d) {
        return new Sae(
                new SaeFacts(HookPoint.residPost(0), 1, 0),
                w_enc_FD,
                new float[w_dec_FD.length / d],
                w_dec_FD,
                new float[d]);
    }

    @Test
    void findsTheNearestOtherRowWhateverTheLengths() {
        float[] w_dec = {2, 0, 0, 3, 4, 4, 0, 0};
        float[] w_enc = {1, 0, 3, 0, 0, 5, 1, 1};
        DecoderBlock block = DecoderBlock.of(sae(w_enc, w_dec, 2), 0, 4, LaneProduct::new);
        float diagonal = (float) Math.sqrt(0.5);
        assertThat(block.nearest_M()).containsExactly(2, 2, 0, 0);
        assertThat(block.nearestCosine_M())
                .containsExactly(new float[] {diagonal, diagonal, diagonal, 0}, within(1e-6f));
        assertThat(block.ownCosine_M()).containsExactly(new float[] {1, 0, diagonal, 0}, within(1e-6f));
        assertThat(block.decoderNorm_M()).containsExactly(new float[] {2, 3, (float) Math.sqrt(32), 0}, within(1e-6f));
        assertThat(block.encoderNorm_M()[2]).isEqualTo(5);
    }

    @Test
    void blocksJoinToTheWholeWhateverTheirOrder() {
        int d = 6;
        int features = 150;
        Random random = new Random(3);
        float[] w_enc = new float[features * d];
        float[] w_dec = new float[features * d];
        for (int i = 0; i < w_dec.length; i++) {
            w_enc[i] = (float) random.nextGaussian();
            w_dec[i] = (float) random.nextGaussian();
        }
        Sae sae = sae(w_enc, w_dec, d);
        DecoderBlock whole = DecoderBlock.of(sae, 0, features, LaneProduct::new);
        DecoderBlock joined = DecoderBlock.join(List.of(
                DecoderBlock.of(sae, 70, features, LaneProduct::new), DecoderBlock.of(sae, 0, 70, LaneProduct::new)));
        assertThat(joined).isEqualTo(whole);
        assertThat(whole.nearest_M()).doesNotContain(-1);
    }

    @Test
    void moreBlocksThanFeaturesLeaveSomeEmpty() {
        Sae sae = sae(new float[] {1, 0}, new float[] {1, 0}, 2);
        assertThat(DecoderBlock.of(sae, 0, 0, LaneProduct::new).size()).isZero();
    }

    @Test
    void aSingleFeatureHasNoOther() {
        DecoderBlock block = DecoderBlock.of(sae(new float[] {1, 0}, new float[] {1, 0}, 2), 0, 1, LaneProduct::new);
        assertThat(block.nearest_M()).containsExactly(-1);
    }
}
