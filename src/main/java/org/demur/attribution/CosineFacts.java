package org.demur.attribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.FeatureSlice;
import org.demur.sae.Sae;

/**
 * What the dictionaries alone say about a direction. They are read one after another.
 *
 * @param candidates F_0, layers ascending
 * @param slices the candidates' rows, by layer
 * @param cosines cosine of each feature's decoder row with the direction, by layer
 */
record CosineFacts(
        List<CandidateFeature> candidates, Map<Integer, FeatureSlice> slices, Map<Integer, double[]> cosines) {
    private static final String LAYER_PREFIX = "layer=";

    /** Reads every dictionary of the folder. */
    static CosineFacts read(Path folder, float[] direction_D, int candidatesPerLayer) {
        CosineFacts facts = new CosineFacts(new ArrayList<>(), new TreeMap<>(), new TreeMap<>());
        for (int layer : layers(folder)) {
            Sae sae = Sae.read(folder.resolve(LAYER_PREFIX + layer));
            List<CandidateFeature> ofLayer =
                    CosineCandidates.top(layer, sae.w_dec_FD(), direction_D, candidatesPerLayer);
            facts.candidates.addAll(ofLayer);
            facts.slices.put(
                    layer,
                    sae.slice(
                            ofLayer.stream().mapToInt(CandidateFeature::feature).toArray()));
            facts.cosines.put(layer, CosineCandidates.cosines(sae.w_dec_FD(), direction_D));
        }
        return facts;
    }

    /** The ranking by cosine alone. */
    Ranking ranking() {
        FeatureScores.Builder scores = new FeatureScores.Builder();
        cosines.forEach(scores::add);
        return Ranking.shared(RankingMethod.CS, AttributionMode.CORRECTED, scores.build());
    }

    private static TreeSet<Integer> layers(Path folder) {
        TreeSet<Integer> layers = new TreeSet<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(LAYER_PREFIX))
                    .forEach(name -> layers.add(Integer.parseInt(name.substring(LAYER_PREFIX.length()))));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + folder, e);
        }
        if (layers.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No SAE in " + folder,
                    "The training run published none.",
                    "Run the train stage with at least one layer.");
        }
        return layers;
    }
}
