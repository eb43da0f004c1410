package org.demur.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hugging Face folders with one damaged JSON file: each is read or refused by name, at once and in little memory. */
class ModelFolderFuzzTest {
    private static final int MUTANTS = 1_000;
    private static final Map<String, String> FILES = Map.of(
            "config.json",
            HfFolderTest.CONFIG.formatted(
                    """
                    , "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                       "high_freq_factor": 4.0, "original_max_position_embeddings": 8}"""),
            "generation_config.json",
            "{\"eos_token_id\": [4, 2], \"bos_token_id\": 1}",
            "tokenizer.json",
            """
            {"added_tokens": [{"id": 0, "content": "<pad>", "special": true},
                              {"id": 2, "content": "<|im_end|>", "special": true}],
             "post_processor": {"type": "TemplateProcessing",
                                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}]},
             "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}""",
            "tokenizer_config.json",
            """
            {"bos_token": {"content": "<s>"}, "eos_token": "<|im_end|>", "pad_token": "<pad>",
             "added_tokens_decoder": {"1": {"content": "<s>", "special": true}},
             "chat_template": [{"name": "tools", "template": "T"}, {"name": "default", "template": "D"}]}""");

    @TempDir
    private Path folder;

    @BeforeEach
    void writeModel() throws IOException {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), HfFolderTest.tensors());
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        ModelFileFuzzTest.readBundle(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"})
    void readsOrRefusesDamagedJson(String name) throws IOException {
        String sound = FILES.get(name);
        new FuzzRun(folder.resolve(name), folder, ModelFileFuzzTest::readBundle)
                .run(MUTANTS, mutant -> new FileMutations(mutant).damaged(sound).getBytes(StandardCharsets.UTF_8));
    }
}
