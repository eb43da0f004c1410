package org.demur.cells;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.demur.edit.FeatureSlice;
import org.demur.sae.Sae;
import org.demur.table.Sha256;

/**
 * The rows of SAEs that edits need. Those of all feature sets in threshold form are at hand; others are read from the
 * dictionary's folder when they are asked for.
 */
final class Dictionaries implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Map<Integer, FeatureSlice> slices;
    private final String folder;
    private transient Map<Integer, Sae> read;

    /**
     * Dictionaries by layer.
     *
     * @param slices threshold form of the features that any set holds
     * @param folder with a folder {@code layer=N} for each
     */
    Dictionaries(Map<Integer, FeatureSlice> slices, String folder) {
        this.slices = new TreeMap<>(slices);
        this.folder = folder;
    }

    static Dictionaries read(Path saes, Map<Integer, int[]> features) {
        Map<Integer, FeatureSlice> slices = new TreeMap<>();
        features.forEach(
                (layer, ids) -> slices.put(layer, folder(saes.toString(), layer).slice(ids)));
        return new Dictionaries(slices, saes.toString());
    }

    private static Sae folder(String saes, int layer) {
        return Sae.read(Path.of(saes, "layer=" + layer));
    }

    /** Features of one layer. */
    FeatureSlice slice(int layer, List<RankedFeature> members, String form) {
        int[] ids = members.stream().mapToInt(RankedFeature::feature).toArray();
        if (form.equals(FeatureChoice.EXACT)) {
            return dictionary(layer).exactSlice(ids);
        }
        FeatureSlice known = slices.get(layer);
        return known != null && SliceRows.holds(known, ids)
                ? SliceRows.pick(known, members)
                : dictionary(layer).slice(ids);
    }

    private synchronized Sae dictionary(int layer) {
        if (read == null) {
            read = new ConcurrentHashMap<>();
        }
        return read.computeIfAbsent(layer, missing -> folder(folder, layer));
    }

    /** Digest of a slice's numbers, [hex]. */
    static String digest(FeatureSlice slice) {
        MessageDigest digest = Sha256.digest();
        for (float[] values : List.of(slice.w_enc_MD(), slice.b_enc_M(), slice.threshold_M(), slice.w_dec_MD())) {
            digest.update(bytes(values));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** Digest of a vector. */
    static String digest(float[] vector_D) {
        return HexFormat.of().formatHex(Sha256.of(bytes(vector_D)), 0, 8);
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
