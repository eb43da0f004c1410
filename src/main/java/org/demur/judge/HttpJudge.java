package org.demur.judge;

import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.demur.config.ConfigSection;
import org.demur.judge.http.Asking;
import org.demur.judge.http.Endpoint;
import org.demur.judge.http.Patience;
import org.demur.judge.http.Quota;

/**
 * A model behind an OpenAI-compatible endpoint. Asked by the driver alone, where one place keeps pace and budget; what
 * it answered is kept beside the warehouse's tables for every later run.
 *
 * @param patience how failures are borne; no part of the identity
 * @param quota what a run may ask; no part of the identity
 */
public record HttpJudge(Endpoint endpoint, Question question, Patience patience, Quota quota) implements Judge {

    static HttpJudge from(ConfigSection section) {
        return new HttpJudge(
                Endpoint.from(section), Question.from(section), Patience.from(section), Quota.from(section));
    }

    @Override
    public String kind() {
        return "http";
    }

    @Override
    public Map<String, Object> identity() {
        return Map.of(
                "url",
                endpoint.url(),
                "model",
                endpoint.model(),
                "answerTokens",
                endpoint.answerTokens(),
                "structured",
                endpoint.isStructured(),
                "instructions",
                instructions().sha256());
    }

    @Override
    public JavaRDD<Judgement> judge(JudgingSession session) {
        return session.spark().parallelize(new HttpJudging(this, session, System.getenv()).judgements());
    }

    Asking.Settings asking() {
        return new Asking.Settings(endpoint, patience, quota, instructions().text());
    }

    private JudgeText instructions() {
        return switch (question) {
            case REFUSED -> JudgeText.HTTP_REFUSED;
            case HARMFUL -> JudgeText.HTTP_HARMFUL;
        };
    }
}
