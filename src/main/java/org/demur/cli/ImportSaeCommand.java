package org.demur.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.demur.ExitCode;
import org.demur.sae.Sae;
import org.demur.sae.format.ImportOptions;
import org.demur.sae.format.ImportedSae;
import org.demur.sae.format.SaeFormat;
import org.demur.sae.format.SaeFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code import-sae}: a dictionary of another library as a folder that train.import takes. */
@Command(
        name = "import-sae",
        description = {
            "Turns a sparse autoencoder of another library into a folder for train.import of a job file.",
            "The folder is laid out as SAELens 6 does, so SAELens loads it too."
        },
        footer = {
            "",
            "Examples:",
            "  demur import-sae --from trainer_0 --hook resid_post --layer 15 --to saes/layer15",
            "  demur import-sae --from gemma-scope-2b-it-res/layer_20/width_16k/average_l0_71 --to saes/layer20",
            "  demur import-sae --from layer7.sae.pt --format qwen-scope --k 50 --to saes/layer7",
            "",
            "Formats: saelens, dictionary-learning, sparsify, gemma-scope, gemma-scope-2, llama-scope,",
            "llama-scope-r1, openai, qwen-scope. Without --format the names of the files decide.",
            "Pickles in .pt files are read as data; one that asks for anything but tensors is refused."
        })
final class ImportSaeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "PATH", description = "Folder or file of the dictionary.")
    private Path from;

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "New folder to write.")
    private Path to;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "", description = "Format, if not by file names.")
    private String format;

    @Option(
            names = "--hook",
            paramLabel = "SITE",
            defaultValue = "",
            description = "resid_pre, resid_mid or resid_post, if the files do not say or say otherwise.")
    private String hook;

    @Option(
            names = "--layer",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Block that it reads, if the files do not say or say otherwise.")
    private int layer;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "0",
            description = "Features a row, for qwen-scope outside a folder named after its repository.")
    private int k;

    @Override
    public Integer call() {
        SaeFormat source = format.isEmpty() ? SaeFormats.at(from) : SaeFormats.named(format);
        ImportedSae imported = source.read(from, new ImportOptions(hook, layer, k));
        Map<String, String> origin = new TreeMap<>(imported.origin());
        origin.put("source_format", source.label());
        NewFolder.fill(to, folder -> imported.sae().write(folder, origin));
        PrintWriter out = spec.commandLine().getOut();
        out.println(line(imported.sae()) + " -> " + to);
        out.flush();
        return ExitCode.OK.code();
    }

    /** What a dictionary is, in one line. */
    static String line(Sae sae) {
        return sae.facts().activation().label() + (sae.isTranscoder() ? " transcoder" : "") + " of layer " + sae.layer()
                + " " + sae.at().site().sqlName() + ", " + sae.F() + " features of width " + sae.d();
    }
}
