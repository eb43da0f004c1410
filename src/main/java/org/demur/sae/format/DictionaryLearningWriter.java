package org.demur.sae.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.demur.sae.Activation;
import org.demur.sae.InputNorm;
import org.demur.sae.Sae;

/**
 * Picks the class of dictionary_learning that computes what a dictionary does.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 */
final class DictionaryLearningWriter {
    private static final SaeFormat FORMAT = new DictionaryLearningFormat();

    private final Sae sae;
    private final ImportedSae imported;
    private final TorchWriter torch = new TorchWriter();
    private final ObjectNode trainer = JsonNodeFactory.instance.objectNode();

    DictionaryLearningWriter(ImportedSae imported) {
        this.imported = imported;
        this.sae = imported.sae();
    }

    void write(Path folder) {
        if (sae.isTranscoder()) {
            throw FormatRefusal.noRoom(FORMAT, "a transcoder");
        }
        if (!(sae.facts().input().norm() instanceof InputNorm.None)) {
            throw FormatRefusal.noRoom(FORMAT, "a rescaling of every row");
        }
        trainer.put("activation_dim", sae.d());
        trainer.put("dict_size", sae.F());
        trainer.put("layer", sae.layer());
        trainer.put("lm_name", imported.origin().getOrDefault("model_name", ""));
        trainer.put("submodule_name", sae.at().site().sqlName() + "_layer_" + sae.layer());
        fill();
        torch.write(folder.resolve(DictionaryLearningFormat.WEIGHTS));
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.set("trainer", trainer);
        config.putObject("buffer");
        JsonFile.write(folder.resolve(DictionaryLearningFormat.SETTINGS), config);
    }

    private void fill() {
        Activation activation = sae.facts().activation();
        if (activation instanceof Activation.Relu) {
            relu();
        } else if (activation instanceof Activation.Gated) {
            gated();
        } else if (activation instanceof Activation.TopK topK && topK.sign() == Activation.Sign.RECTIFIED) {
            topK(topK);
        } else if (activation instanceof Activation.Threshold threshold) {
            threshold(threshold);
        } else {
            throw FormatRefusal.noRoom(FORMAT, "the activation " + activation.label());
        }
    }

    /** {@code AutoEncoder} would rescale decoder columns that do not have norm 1, and with them the features. */
    private void relu() {
        if (sae.facts().input().isCentred() && Folding.areOnes(Folding.norms(sae.w_dec_FD(), sae.d()))) {
            trainer.put("dict_class", "AutoEncoder");
            linear(sae);
            torch.tensor("bias", sae.b_dec_D(), sae.d());
            return;
        }
        trainer.put("dict_class", "AutoEncoderNew");
        linear(Folding.uncentred(sae));
        torch.tensor("decoder.bias", sae.b_dec_D(), sae.d());
    }

    private void gated() {
        Activation.Gated gated = (Activation.Gated) Folding.centred(sae).facts().activation();
        trainer.put("dict_class", "GatedAutoEncoder");
        torch.tensor("encoder.weight", sae.w_enc_FD(), sae.F(), sae.d());
        decoder();
        torch.tensor("decoder_bias", sae.b_dec_D(), sae.d());
        torch.tensor("gate_bias", gated.b_gate_F(), sae.F());
        torch.tensor("mag_bias", gated.b_mag_F(), sae.F());
        torch.tensor("r_mag", gated.r_mag_F(), sae.F());
    }

    private void topK(Activation.TopK topK) {
        trainer.put("dict_class", "AutoEncoderTopK");
        trainer.put("k", topK.k());
        linear(Folding.centred(sae));
        torch.tensor("b_dec", sae.b_dec_D(), sae.d());
        torch.whole("k", topK.k());
        torch.tensor("threshold", new float[] {Float.isNaN(topK.threshold()) ? -1 : topK.threshold()});
    }

    private void threshold(Activation.Threshold threshold) {
        Sae plain = Folding.uncentred(sae);
        trainer.put("dict_class", "JumpReluAutoEncoder");
        torch.tensor("W_enc", CheckedTensors.turned(plain.w_enc_FD(), plain.F(), plain.d()), plain.d(), plain.F());
        torch.tensor("b_enc", plain.b_enc_F(), plain.F());
        torch.tensor("W_dec", plain.w_dec_FD(), plain.F(), plain.d());
        torch.tensor("b_dec", plain.b_dec_D(), plain.d());
        torch.tensor("threshold", threshold.threshold_F(), plain.F());
    }

    private void linear(Sae moved) {
        torch.tensor("encoder.weight", moved.w_enc_FD(), moved.F(), moved.d());
        torch.tensor("encoder.bias", moved.b_enc_F(), moved.F());
        decoder();
    }

    private void decoder() {
        torch.tensor("decoder.weight", CheckedTensors.turned(sae.w_dec_FD(), sae.F(), sae.d()), sae.d(), sae.F());
    }
}
