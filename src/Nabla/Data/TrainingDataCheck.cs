namespace Nabla.Data;

/// <summary>Finds faults of the data as a whole, where each single example is valid.</summary>
internal static class TrainingDataCheck
{
    /// <summary>Finds what makes learning impossible (an exception), and what makes it doubtful (a warning).</summary>
    /// <param name="train">The data to train with.</param>
    /// <param name="test">The data to test with.</param>
    /// <returns>A sentence for each class that the test data has but the training data lacks.</returns>
    /// <exception cref="InvalidDataException">There is nothing to tell apart:
    /// all images are blank, or all examples are of one class.</exception>
    public static IReadOnlyList<string> Check(Dataset train, Dataset test)
    {
        if (train.ImageSize is { } size && AllBlank(train))
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} images of {size} are 0 everywhere, "
                + "so there is nothing to learn from. "
                + "Was the file written wrongly? Fetch the images or convert them again.");
        if (!train.HasClasses)
            return [];
        int[] trainCounts = ExamplesOfClass(train), testCounts = ExamplesOfClass(test);
        if (trainCounts.Count(count => count > 0) == 1 && train.Classes.Count > 1)
        {
            var onlyClass = train.Classes[Array.FindIndex(trainCounts, count => count > 0)];
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} examples are of the class '{onlyClass}', "
                + "but examples of at least two classes are needed to tell them apart. Check the labels.");
        }
        return
        [
            .. Enumerable.Range(0, train.Classes.Count)
                .Where(c => trainCounts[c] == 0 && testCounts[c] > 0)
                .Select(c => $"{train.Name} has no example of the class '{train.Classes[c]}', "
                    + $"but {test.Name} has {testCounts[c]}: the network cannot learn it."),
        ];
    }

    private static bool AllBlank(Dataset data)
    {
        for (var i = 0; i < data.Count; i++)
            if (data.Image(i).ContainsAnyExcept((byte)0))
                return false;
        return true;
    }

    private static int[] ExamplesOfClass(Dataset data)
    {
        var counts = new int[data.Classes.Count];
        for (var i = 0; i < data.Count; i++)
            counts[data.Label(i)]++;
        return counts;
    }
}
