package org.demur.cells;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.Edit;
import org.demur.edit.FeatureSlice;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.RunId;

/**
 * Turns cells into edits of the residual stream. Holds the selected direction, the feature sets and the rows of each SAE
 * that they need, so that a task needs no table; small enough to broadcast.
 */
public final class CellEdits implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Artefact of the sweep stage with the values that its interventions borrow from other prompts. */
    public static final String REFERENCE_VALUES = "reference_values";

    private final SelectedDirection direction;
    private final FeatureSets sets;
    private final Dictionaries dictionaries;
    private final ReferenceValues values;
    private final RunSeed seed;

    /** Prompts of a cell share their edits as the same objects, which lets the engine treat them as one. */
    private final Map<Key, List<Edit>> made = new ConcurrentHashMap<>();

    private final Map<String, Intervention> parsed = new ConcurrentHashMap<>();
    private transient ActionEdits actions;

    private record Key(String intervention, PromptName prompt) implements Serializable {}

    CellEdits(SelectedDirection direction, FeatureSets sets, Map<Integer, FeatureSlice> slices) {
        this(direction, sets, new Dictionaries(slices, ""), ReferenceValues.NONE, new RunSeed(0));
    }

    private CellEdits(
            SelectedDirection direction,
            FeatureSets sets,
            Dictionaries dictionaries,
            ReferenceValues values,
            RunSeed seed) {
        this.direction = direction;
        this.sets = sets;
        this.dictionaries = dictionaries;
        this.values = values;
        this.seed = seed;
    }

    /**
     * Reads what the inputs {@code direction}, {@code attribute} and {@code train} of this stage published, and what
     * {@code sweep} did if it is an input too.
     */
    public static CellEdits load(StageContext context) {
        SelectedDirection direction =
                SelectedDirection.read(context.warehouse().read(Table.DIRECTIONS, context.input("direction")));
        FeatureSets sets = FeatureSets.read(context.warehouse().read(Table.FEATURE_SETS, context.input("attribute")));
        Dictionaries dictionaries =
                Dictionaries.read(context.warehouse().files("saes", context.input("train")), sets.featuresByLayer());
        CellEdits edits = new CellEdits(direction, sets, dictionaries, ReferenceValues.NONE, context.seed());
        RunId sweep = context.inputRuns().get("sweep");
        boolean hasValues = sweep != null && context.warehouse().catalog().isPublished(REFERENCE_VALUES, sweep);
        return hasValues ? edits.with(ReferenceValues.read(context.warehouse().files(REFERENCE_VALUES, sweep))) : edits;
    }

    /** The same with values of other prompts to borrow. */
    public CellEdits with(ReferenceValues borrowed) {
        return new CellEdits(direction, sets, dictionaries, borrowed, seed);
    }

    /** The direction that cells remove or add. */
    public SelectedDirection direction() {
        return direction;
    }

    /** The feature sets that cells may name. */
    public FeatureSets featureSets() {
        return sets;
    }

    /** Whether a cell's edits differ from prompt to prompt, so that they mean nothing for prompts of other sets. */
    public boolean isOfPrompt(Cell cell) {
        return isOfPrompt(parsed(cell));
    }

    private boolean isOfPrompt(Intervention intervention) {
        return intervention.isOfPrompt() || isOfPromptSet(intervention);
    }

    /**
     * The edits of a cell for one prompt, in forward order.
     *
     * @throws JobException with MISMATCH if the cell was made from another direction, other features or dictionaries
     */
    public List<Edit> edits(Cell cell, String promptId) {
        Intervention intervention = parsed(cell);
        PromptName prompt =
                isOfPrompt(intervention) ? new PromptName(cell.setName(), promptId) : new PromptName("", "");
        return made.computeIfAbsent(new Key(cell.intervention(), prompt), missing -> make(intervention, prompt));
    }

    private Intervention parsed(Cell cell) {
        return parsed.computeIfAbsent(cell.intervention(), json -> {
            Intervention intervention = Intervention.parse(json);
            if (!intervention.evidence().equals(Evidence.NONE)
                    && !intervention.evidence().equals(evidence(intervention))) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Cell " + cell.cellId() + " was made from another direction, other features or dictionaries",
                        "Its table comes from another run than those that edits are built from now.",
                        "Read tables of one study, or run the sweep again.");
            }
            return intervention;
        });
    }

    /** The same cell with the evidence of what its intervention is made from. */
    public Cell sealed(Cell cell) {
        Intervention plain = Intervention.parse(cell.intervention()).plain();
        return Cell.of(cell.setName(), new Intervention(plain.actions(), evidence(plain)));
    }

    /** What the interventions of these cells take from other prompts. */
    public Borrowing borrowing(List<Cell> cells) {
        Borrowing borrowing = new Borrowing();
        for (Cell cell : cells) {
            for (Action action : parsed(cell).actions()) {
                if (action.method().takesReference()) {
                    borrowing.add(cell, action, sets);
                }
            }
        }
        return borrowing;
    }

    /** Slices of features by layer. */
    public List<FeatureSlice> slices(Map<Integer, int[]> features, String form) {
        List<FeatureSlice> slices = new ArrayList<>();
        features.forEach((layer, ids) -> slices.add(dictionaries.slice(
                layer,
                IntStream.of(ids)
                        .mapToObj(feature -> new RankedFeature(1, layer, feature, 1))
                        .toList(),
                form)));
        return slices;
    }

    private synchronized ActionEdits actions() {
        if (actions == null) {
            actions = new ActionEdits(direction, dictionaries, values, seed);
        }
        return actions;
    }

    private List<Edit> make(Intervention intervention, PromptName prompt) {
        List<List<RankedFeature>> members = members(intervention, prompt.id());
        List<Edit> edits = new ArrayList<>();
        for (int a = 0; a < members.size(); a++) {
            edits.addAll(actions().make(intervention.actions().get(a), members.get(a), prompt));
        }
        return List.copyOf(edits);
    }

    /** The features of each action, without those that a later action names. */
    private List<List<RankedFeature>> members(Intervention intervention, String promptId) {
        List<List<RankedFeature>> members = new ArrayList<>();
        Set<List<Integer>> taken = new HashSet<>();
        for (int a = intervention.actions().size() - 1; a >= 0; a--) {
            Action action = intervention.actions().get(a);
            List<RankedFeature> own = action.method().editsFeatures()
                    ? sets
                            .members(
                                    action.features().set(),
                                    promptId,
                                    action.features().n())
                            .stream()
                            .filter(member -> !taken.contains(List.of(member.layer(), member.feature())))
                            .toList()
                    : List.of();
            own.forEach(member -> taken.add(List.of(member.layer(), member.feature())));
            members.add(0, own);
        }
        return members;
    }

    private Evidence evidence(Intervention intervention) {
        boolean usesDirection = intervention.actions().stream()
                .anyMatch(action -> action.method() == Method.DIRECTION_ABLATION
                        || action.method() == Method.DIRECTION_ADDITION
                        || action.trigger().of().equals("direction"));
        String ofDirection = usesDirection ? Dictionaries.digest(direction.vector_D()) : "";
        if (isOfPromptSet(intervention)) {
            return new Evidence(ofDirection, Map.of(), List.of());
        }
        List<List<RankedFeature>> members = members(intervention, "");
        Map<Integer, String> ofLayers = new TreeMap<>();
        for (int a = 0; a < members.size(); a++) {
            for (FeatureSlice slice : actions().slices(intervention.actions().get(a), members.get(a))) {
                ofLayers.merge(slice.at().layer(), Dictionaries.digest(slice), (one, other) -> one + "+" + other);
            }
        }
        return new Evidence(
                ofDirection,
                ofLayers,
                members.stream()
                        .map(ofAction -> ofAction.stream()
                                .map(member -> member.layer() + "/" + member.feature())
                                .toList())
                        .toList());
    }

    private boolean isOfPromptSet(Intervention intervention) {
        return intervention.actions().stream().anyMatch(action -> sets.byPrompt()
                .containsKey(action.features().set()));
    }
}
