namespace Nabla.Data;

/// <summary>How much each class should count where some are rare.</summary>
internal static class ClassWeights
{
    /// <summary>
    /// Weights under which every class counts the same in all: w = N / (K·n) for a class of n of the N examples, where K classes have any. The mean weight of an
    /// example is 1. (“Balanced” in scikit-learn; King and Zeng, 2001, <i>Logistic regression in rare events data</i>.) A class without examples gets 1.
    /// </summary>
    /// <param name="data">Examples with classes; those to train with.</param>
    /// <exception cref="ArgumentException">There are no classes, or no examples.</exception>
    public static double[] Balanced(Dataset data)
    {
        if (!data.HasClasses || data.Count == 0)
            throw new ArgumentException($"{data.Name} has {(data.HasClasses ? "no examples" : "no classes")}, so there is nothing to balance.");
        var counts = new int[data.Classes.Count];
        for (var example = 0; example < data.Count; example++)
            counts[data.Label(example)]++;
        var seen = counts.Count(count => count > 0);
        return [.. counts.Select(count => count > 0 ? (double)data.Count / ((double)seen * count) : 1)];
    }
}
