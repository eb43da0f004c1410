package org.demur.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.demur.ExitCode;
import org.demur.sae.format.ImportOptions;
import org.demur.sae.format.ImportedSae;
import org.demur.sae.format.SaeFormat;
import org.demur.sae.format.SaeFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export-sae}: a dictionary in the layout of another library. */
@Command(
        name = "export-sae",
        description = {
            "Writes a trained or imported sparse autoencoder in the layout of another library.",
            "What a library could not compute exactly is refused."
        },
        footer = {
            "",
            "Examples:",
            "  demur export-sae --from warehouse/saes/run=5c1f.../layer=15 --format saelens --to exported/layer15",
            "  demur export-sae --from saes/layer20 --format dictionary-learning --to exported/trainer_0",
            "",
            "Formats: saelens, dictionary-learning, sparsify, gemma-scope, gemma-scope-2, llama-scope,",
            "llama-scope-r1, openai, qwen-scope. For sparsify, name the folder after the module, such as layers.15."
        })
final class ExportSaeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "FOLDER", description = "Folder of the dictionary.")
    private Path from;

    @Option(names = "--format", required = true, paramLabel = "FORMAT", description = "Format to write.")
    private String format;

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "New folder to write.")
    private Path to;

    @Override
    public Integer call() {
        SaeFormat target = SaeFormats.named(format);
        ImportedSae imported = SaeFormats.at(from).read(from, ImportOptions.NONE);
        NewFolder.fill(to, folder -> target.write(imported, folder));
        PrintWriter out = spec.commandLine().getOut();
        out.println(ImportSaeCommand.line(imported.sae()) + " -> " + to);
        out.flush();
        return ExitCode.OK.code();
    }
}
