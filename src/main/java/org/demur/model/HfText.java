package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The tokenizer files of a Hugging Face folder; all of them may be missing. */
final class HfText {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String TEMPLATE = "chat_template.jinja";
    private static final String GENERATION = "generation_config.json";
    private static final String TEMPLATE_KEY = "chat_template";

    private final Path folder;
    private final JsonKeys model;
    private final Optional<JsonKeys> tokenizerConfig;
    private final Optional<JsonKeys> generation;
    private final AddedTokens added;

    HfText(Path folder, JsonKeys model) {
        this.folder = folder;
        this.model = model;
        this.tokenizerConfig = present(TOKENIZER_CONFIG).map(JsonKeys::of);
        this.generation = present(GENERATION).map(JsonKeys::of);
        this.added = present(TOKENIZER)
                .map(AddedTokens::ofTokenizer)
                .orElseGet(AddedTokens::none)
                .with(tokenizerConfig);
    }

    List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (String name : List.of(TOKENIZER, TOKENIZER_CONFIG, TEMPLATE, GENERATION)) {
            present(name).ifPresent(files::add);
        }
        return files;
    }

    ModelParts.TextParts parts() {
        return new ModelParts.TextParts(() -> StrictJson.text(folder.resolve(TOKENIZER)), chatTemplate(), special());
    }

    private Optional<Path> present(String name) {
        return Optional.of(folder.resolve(name)).filter(Files::exists);
    }

    private Optional<String> chatTemplate() {
        return present(TEMPLATE).map(StrictJson::text).or(() -> tokenizerConfig.flatMap(this::templateOf));
    }

    private Optional<String> templateOf(JsonKeys config) {
        Optional<JsonNode> template = config.node(TEMPLATE_KEY);
        if (template.isEmpty() || template.get().isTextual()) {
            return config.text(TEMPLATE_KEY);
        }
        for (JsonNode named : template.get()) {
            if (named.path("name").asText().equals("default")
                    && named.path("template").isTextual()) {
                return Optional.of(named.path("template").textValue());
            }
        }
        throw Refusal.unsupported(config.file(), "chat_template has no template named default");
    }

    private SpecialTokens special() {
        Optional<String> bosText = tokenText("bos_token");
        Optional<String> eosText = tokenText("eos_token");
        OptionalInt bos = id("bos_token_id", bosText);
        OptionalInt eos = id("eos_token_id", eosText);
        Set<Integer> turnEnds = new TreeSet<>(ids(model, "eos_token_id"));
        generation.ifPresent(keys -> turnEnds.addAll(ids(keys, "eos_token_id")));
        eos.ifPresent(turnEnds::add);
        turnEnds.addAll(SpecialTokens.namedTurnEnds(added.control()));
        return new SpecialTokens(
                bos,
                eos,
                id("pad_token_id", tokenText("pad_token")),
                bosText.or(() -> added.textOf(bos)).orElse(""),
                eosText.or(() -> added.textOf(eos)).orElse(""),
                turnEnds,
                tokenizerConfig
                        .flatMap(keys -> keys.flag("add_bos_token"))
                        .orElse(bosText.isPresent() && added.templateStartsWith(bosText.get())),
                added.control());
    }

    /** A token spelt as a string or as an object with content. */
    private Optional<String> tokenText(String key) {
        return tokenizerConfig
                .flatMap(keys -> keys.node(key))
                .map(node -> node.isObject() ? node.path("content") : node)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    /** The tokenizer's own token first: config.json is often left at the base model's. */
    private OptionalInt id(String key, Optional<String> text) {
        Optional<Integer> byText = text.flatMap(added::idOf);
        if (byText.isPresent()) {
            return OptionalInt.of(byText.get());
        }
        List<Integer> ids = ids(model, key);
        return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
    }

    private static List<Integer> ids(JsonKeys keys, String key) {
        List<Integer> ids = new ArrayList<>();
        keys.node(key).ifPresent(node -> {
            for (JsonNode id : node.isArray() ? node : List.of(node)) {
                if (!id.isInt() || id.intValue() < 0) {
                    throw Refusal.broken(keys.file(), "key " + key + " is not a token id");
                }
                ids.add(id.intValue());
            }
        });
        return ids;
    }
}
