package org.demur.model;

import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021, RoFormer): the angles per position.
 *
 * @param theta base of the frequencies
 * @param scaling how the frequencies are stretched for longer contexts
 */
public record RopeSpec(double theta, Scaling scaling) {
    /** A stretching of the frequencies. */
    public sealed interface Scaling {
        /** The stretched frequency of pair {@code pair}. */
        double scaled(double frequency, int pair);
    }

    /** No stretching. */
    public record None() implements Scaling {
        @Override
        public double scaled(double frequency, int pair) {
            return frequency;
        }
    }

    /** Position interpolation (Chen et al. 2023): all frequencies divided by one factor. */
    public record Linear(double factor) implements Scaling {
        @Override
        public double scaled(double frequency, int pair) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1: long wavelengths are divided by the factor, short ones kept, those between blended.
     *
     * @param factor by which the longest wavelengths grow
     * @param lowFreqFactor wavelengths above originalMaxPositions / this are divided
     * @param highFreqFactor wavelengths below originalMaxPositions / this are kept
     * @param originalMaxPositions context length of the first training
     */
    public record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
            implements Scaling {
        @Override
        public double scaled(double frequency, int pair) {
            double turns = originalMaxPositions * frequency / (2 * Math.PI);
            double kept = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
            double weight = Math.max(0, Math.min(1, kept));
            return (1 - weight) * frequency / factor + weight * frequency;
        }
    }

    /** One divisor a pair, as GGUF files of Llama 3.1 carry them in {@code rope_freqs.weight}. */
    public record Divisors(List<Double> divisors) implements Scaling {
        /** Copies the list. */
        public Divisors {
            divisors = List.copyOf(divisors);
        }

        @Override
        public double scaled(double frequency, int pair) {
            return frequency / divisors.get(pair);
        }
    }

    /**
     * The angles per position, in radians, of pairs {@code (i, i + headDim / 2)}.
     *
     * @return headDim / 2 values: {@code theta^(-2 i / headDim)}, stretched
     */
    public double[] inverseFrequencies(int headDim) {
        double[] frequencies = new double[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaling.scaled(Math.pow(theta, -2.0 * i / headDim), i);
        }
        return frequencies;
    }
}
