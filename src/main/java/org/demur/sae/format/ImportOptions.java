package org.demur.sae.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/**
 * What the caller knows about a dictionary and its file does not say, or says otherwise.
 *
 * @param hook site in the block, such as resid_post; empty to take the file's word
 * @param layer block; negative to take the file's word
 * @param k features a row, for formats that leave it to the name of a repository; 0 to take the file's word
 */
public record ImportOptions(String hook, int layer, int k) {
    /** The file's word for everything. */
    public static final ImportOptions NONE = new ImportOptions("", -1, 0);

    private static final Pattern TRANSFORMER_LENS = Pattern.compile("blocks\\.(\\d{1,6})\\.hook_(\\w+)");

    /** Where the dictionary reads, given what the file says; an unknown part is empty or negative. */
    HookPoint at(Path file, String fileHook, int fileLayer) {
        String name = hook.isEmpty() ? fileHook : hook;
        int block = layer < 0 ? fileLayer : layer;
        Optional<Site> site = Arrays.stream(Site.values())
                .filter(known -> known.sqlName().equals(name))
                .findFirst();
        if (site.isEmpty() || block < 0) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    file + ": hook is '" + name + "', layer is " + (block < 0 ? "unknown" : block),
                    "the file does not say where the dictionary reads, or names a point that is not supported; known are"
                            + " resid_pre, resid_mid, resid_post, attn_out and mlp_out",
                    "say where: --hook resid_post --layer N");
        }
        return new HookPoint(site.get(), block);
    }

    /** As {@link #at(Path, String, int)}, for a hook name of TransformerLens such as blocks.3.hook_resid_post. */
    HookPoint at(Path file, String transformerLensName) {
        Matcher matcher = TRANSFORMER_LENS.matcher(transformerLensName);
        return matcher.matches()
                ? at(file, matcher.group(2), Integer.parseInt(matcher.group(1)))
                : at(file, transformerLensName, -1);
    }

    /** The name of a point in TransformerLens. */
    static String transformerLensName(HookPoint at) {
        return "blocks." + at.layer() + ".hook_" + at.site().sqlName();
    }
}
