using Nabla.Kernels;

namespace Nabla.Data;

/// <summary>Reads a folder with images and labels, to train with and to test with, in four IDX files named like
/// MNIST's: "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte" and
/// "t10k-labels-idx1-ubyte".</summary>
/// <remarks>The names may end in ".gz", and may have a dot instead of the second hyphen:
/// "train-images.idx3-ubyte".</remarks>
internal static class ImageFolder
{
    /// <summary>The classes of handwritten digits, "0" to "9".</summary>
    internal static readonly string[] TenDigits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>The four names under which MNIST was published.</summary>
    internal static readonly string[] FileNames =
        [
            "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
        ];

    /// <summary>Reads the four files.</summary>
    /// <param name="folder">The folder they are in.</param>
    /// <param name="classes">The names of the classes, label 0 first; by default "0" to "9".</param>
    /// <param name="name">The name of the data in messages; by default the folder.</param>
    /// <exception cref="InvalidDataException">A file is missing, damaged, or does not fit the others.</exception>
    public static (Dataset Train, Dataset Test) Read(
        string folder, IReadOnlyList<string>? classes = null, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new InvalidDataException($"There is no folder {folder}. Check its name.");
        string[] missing = [.. FileNames.Where(file => Find(folder, file) is null)];
        if (missing.Length > 0)
        {
            var all = $"{string.Join(", ", FileNames)}, with or without '.gz'";
            throw new InvalidDataException(missing.Length < FileNames.Length
                ? $"The folder {folder} lacks {string.Join(", ", missing)}. It has to hold {all}."
                : $"The folder {folder} has to hold {all}, but has none of them.{Hint(folder)}");
        }
        name ??= folder;
        classes ??= TenDigits;
        Dataset train = null!, test = null!;
        Workers.Both(
            () => train = ReadPart(folder, FileNames[0], FileNames[1], classes, $"{name} (training)"),
            () => test = ReadPart(folder, FileNames[2], FileNames[3], classes, $"{name} (test)"));
        if (train.ImageSize != test.ImageSize)
            throw new InvalidDataException(
                $"{folder}: the training images are {train.ImageSize}, but the test images are {test.ImageSize}. "
                + "Both have to be of one data set.");
        return (train, test);
    }

    /// <summary>Whether a folder has any of the four files.</summary>
    internal static bool HasAny(string folder) => FileNames.Any(file => Find(folder, file) is not null);

    /// <summary>Whether a folder has all four files.</summary>
    internal static bool HasAll(string folder) => FileNames.All(file => Find(folder, file) is not null);

    /// <summary>A sentence that names the subfolder with the files, if there is one.</summary>
    private static string Hint(string folder)
    {
        var options = new EnumerationOptions();             // skips the folders that may not be read
        var inside = Directory.EnumerateDirectories(folder, "*", options)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault(HasAll);
        return inside is null ? "" : $" Its subfolder {Path.GetFileName(inside)} has them: give {inside}.";
    }

    private static Dataset ReadPart(
        string folder, string imagesName, string labelsName, IReadOnlyList<string> classes, string name)
    {
        var imagesPath = Find(folder, imagesName)!;
        var labelsPath = Find(folder, labelsName)!;
        var (pixels, size) = IdxFile.ReadImages(imagesPath);
        var labels = IdxFile.ReadLabels(labelsPath, classes.Count);
        var images = pixels.Length / size.Pixels;
        return images == labels.Length
            ? Dataset.FromImages(name, pixels, size, labels, classes)
            : throw new InvalidDataException(
                $"{imagesPath} holds {images} images, but {labelsPath} holds {labels.Length} labels: "
                + "they do not belong together. Fetch both again from one source.");
    }

    /// <summary>The path of one of the four files, in any of its spellings, or null.
    /// Files take precedence over folders, because Kaggle's archive of MNIST has folders of the same names.</summary>
    private static string? Find(string folder, string fileName)
    {
        var hyphens = Path.GetFileNameWithoutExtension(fileName);
        var dot = hyphens.Replace("-idx", ".idx", StringComparison.Ordinal);
        string[] names = [hyphens, hyphens + ".gz", dot, dot + ".gz"];
        string[] paths = [.. names.Select(name => Path.Combine(folder, name))];
        return paths.FirstOrDefault(File.Exists) ?? paths.FirstOrDefault(Directory.Exists);
    }
}
