package org.demur;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which package may know which. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.demur");

    private static final String[] STAGES = {
        "org.demur.ingest..",
        "org.demur.activations..",
        "org.demur.training..",
        "org.demur.evaluation..",
        "org.demur.direction..",
        "org.demur.attribution..",
        "org.demur.tuning..",
        "org.demur.intervention..",
        "org.demur.scoring..",
        "org.demur.capability..",
        "org.demur.report.."
    };

    @Test
    void onlyTheEngineKnowsTheTensorLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.demur.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .because("the library can then be replaced, and native memory has one owner")
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sae", "config", "prompts", "model", "edit", "refusal", "hub", "statistics"})
    void numbersAndTextsKnowNeitherSparkNorTensors(String name) {
        noClasses()
                .that()
                .resideInAPackage("org.demur." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "ai.djl..")
                .because("they must be testable in milliseconds and usable anywhere")
                .check(CLASSES);
    }

    @Test
    void onlyTheHubAndJudgesUseTheNetwork() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.demur.hub..", "org.demur.judge.http..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .because("everything else must give the same results without a network")
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage("org.demur.hub..")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage("org.demur.hub..", "org.demur.runtime..", "org.demur.study..")
                .because("models are found in one place, whether they are fetched or not")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNoSpark() {
        noClasses()
                .that()
                .resideInAPackage("org.demur.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.spark..")
                .check(CLASSES);
    }

    @Test
    void schemasKnowOnlyTheTypesOfSpark() {
        noClasses()
                .that()
                .resideInAPackage("org.demur.schema..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.spark..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                resideInAPackage("org.apache.spark.sql.types.."))))
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ingest",
                "activations",
                "training",
                "evaluation",
                "direction",
                "attribution",
                "intervention",
                "scoring",
                "capability",
                "report"
            })
    void stagesMeetInTables(String stage) {
        String[] others = java.util.Arrays.stream(STAGES)
                .filter(other -> !other.equals("org.demur." + stage + ".."))
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("org.demur." + stage + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .allowEmptyShould(true)
                .because("each stage can be run, tested and replaced alone")
                .check(CLASSES);
    }

    @Test
    void tuningKnowsNoStageButTheSweepWhoseGridsItAnswers() {
        String[] others = java.util.Arrays.stream(STAGES)
                .filter(other -> !other.equals("org.demur.tuning..") && !other.equals("org.demur.intervention.."))
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("org.demur.tuning..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .because("a choice holds only if tuning answers prompts exactly as the sweep does")
                .check(CLASSES);
    }

    @Test
    void onlyStudiesAndCommandLinesKnowStages() {
        classes()
                .that()
                .resideInAnyPackage(STAGES)
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(with(STAGES, "org.demur.study..", "org.demur.cli..", "org.demur.bench.."))
                .check(CLASSES);
    }

    @Test
    void nobodyKnowsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.demur.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.demur.cli..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("org.demur.(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(alwaysTrue(), resideInAPackage("org.demur"))
                .check(CLASSES);
    }

    private static String[] with(String[] packages, String... more) {
        String[] all = java.util.Arrays.copyOf(packages, packages.length + more.length);
        System.arraycopy(more, 0, all, packages.length, more.length);
        return all;
    }
}
