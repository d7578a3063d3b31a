namespace Nabla.Data;

/// <summary>Weights of classes, for data in which some classes are rare.</summary>
internal static class ClassWeights
{
    /// <summary>
    /// Computes weights that give every class the same total weight: w = N / (K·n), for a class with n of the N
    /// examples, where K classes have examples. The mean weight of an example is 1, and a class without examples gets
    /// the weight 1. (“Balanced” in scikit-learn; King and Zeng, 2001, <i>Logistic regression in rare events data</i>.)
    /// </summary>
    /// <param name="data">The examples to train with; they must have classes.</param>
    /// <exception cref="ArgumentException">There are no classes, or no examples.</exception>
    public static double[] Balanced(Dataset data)
    {
        if (!data.HasClasses || data.Count == 0)
            throw new ArgumentException(
                $"{data.Name} has {(data.HasClasses ? "no examples" : "no classes")}, so there is nothing to balance.");
        var counts = new int[data.Classes.Count];
        for (var example = 0; example < data.Count; example++)
            counts[data.Label(example)]++;
        var seen = counts.Count(count => count > 0);
        return [.. counts.Select(count => count > 0 ? (double)data.Count / ((double)seen * count) : 1)];
    }
}
