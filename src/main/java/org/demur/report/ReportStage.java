package org.demur.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;

/**
 * Writes the report: asks the tables, draws the answers, publishes one HTML file and the headline as files of kind
 * {@code reports}.
 */
public final class ReportStage implements Stage {
    /** The kind of artefact that the warehouse keeps reports under. */
    public static final String KIND = "reports";

    private final ReportSettings settings;

    /** A stage with these settings. */
    public ReportStage(ReportSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "report";
    }

    @Override
    public int version() {
        return 3;
    }

    @Override
    public String parametersJson() {
        return settings.canonicalJson();
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts", "extract", "train", "evaluate", "direction", "attribute", "sweep", "score");
    }

    @Override
    public List<String> optionalInputs() {
        return List.of("tune", "capability");
    }

    @Override
    public void execute(StageContext context) {
        TableRuns runs = TableRuns.of(context);
        Subject subject = Subject.of(settings.title(), context);
        Page page = new Page(subject);
        List<Section> sections = sections(subject);
        context.progress().start("report", sections.size(), "sections");
        SparkSession views = runs.views(context);
        String headline = "";
        for (Section section : sections) {
            context.spark().sparkContext().setJobDescription("report: " + section.title());
            Answers answers = Answers.ask(views, runs, section.queries());
            page.add(section, answers);
            if (section instanceof HeadlineSection) {
                headline = Headline.text(Comparison.all(answers.of(HeadlineQuery.ID)));
            }
            context.progress().advance(1);
        }
        context.progress().done();
        publish(context, subject.fileName(), page.render(), headline);
    }

    private List<Section> sections(Subject subject) {
        return List.of(
                new HeadlineSection(settings.headline()),
                new RankingSection(settings.headline()),
                new SweepSection(),
                new TuningSection(settings.headline()),
                new CapabilitySection(),
                new OverRefusalSection(settings.headline()),
                new AgreementSection(),
                new AttributionSection(settings.headline().featureSet()),
                new DirectionSection(),
                new TrainingSection(),
                new QualitySection(),
                new ActivationSection(),
                new JudgeSection(settings.headline()),
                new CompletionSection(settings),
                new RunSection(subject),
                new QuarantineSection(),
                new ProvenanceSection());
    }

    private static void publish(StageContext context, String fileName, String html, String headline) {
        Path staged = context.warehouse().stageFiles(KIND, context.run());
        try {
            Files.writeString(staged.resolve(fileName), html);
            Files.writeString(staged.resolve(Headline.FILE), headline);
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot write the report to " + staged, failure);
        }
        context.warehouse().publishFiles(KIND, context.run(), staged);
    }
}
