namespace Nabla.Data;

/// <summary>Opens data by its name: "digits", "mnist", "fashion-mnist", or a folder of IDX files.</summary>
public static class DataSource
{
    private const string DigitsName = "digits";
    private const string FolderVariable = "NABLA_DATA";

    /// <summary>The names that <see cref="Open"/> accepts.</summary>
    public static IReadOnlyList<string> Names { get; } = [DigitsName, .. PublishedImages.All.Select(data => data.Name)];

    /// <summary>Opens data: a set to train with and a set to test with.</summary>
    /// <remarks>
    /// "digits" are generated: 60,000 to train with and 10,000 to test with. "mnist" and "fashion-mnist" are searched
    /// for in <see cref="DataOptions.Folder"/>, then in the folder that the environment variable NABLA_DATA names (in
    /// both: first in the subfolder named after the data, then in the folder itself), then in the user's cache
    /// (nabla/mnist in XDG_CACHE_HOME or in the local application data). If they are in none of these, they are
    /// downloaded into the cache. Any other name is the path of a folder, which <see cref="IdxFile.ReadFolder"/> reads.
    /// </remarks>
    /// <param name="name">One of <see cref="Names"/>, or a folder.</param>
    /// <param name="options">Where to search, and how to download.</param>
    /// <param name="cancellation">Stops a download. An incomplete download leaves no file.</param>
    /// <exception cref="InvalidDataException">There is no such data, or it is incomplete or damaged.</exception>
    /// <exception cref="IOException">The data could not be downloaded.
    /// The message lists every mirror with the reason it failed, and says where to put the files by hand.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public static (Dataset Train, Dataset Test) Open(
        string name, DataOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= new();
        if (options.Published.FirstOrDefault(data => Same(data.Name, name)) is { } published)
            return OpenPublished(published, options, cancellation);
        if (options.Folder is { } folder)
            throw new InvalidDataException(
                $"The folder {folder} is given to search in, but '{name}' is not searched for in a folder. "
                + "To read the files in that folder, give the folder as the data.");
        if (Same(name, DigitsName))
            return (SyntheticData.Digits(60_000, SyntheticData.DigitsToTrainWith), TestDigits());
        return Directory.Exists(name) ? ImageFolder.Read(name) : throw Unknown(name);
    }

    /// <summary>Opens the data to test with only: the same as from <see cref="Open"/>.
    /// Of the digits, only these are drawn.</summary>
    public static Dataset OpenTest(
        string name, DataOptions? options = null, CancellationToken cancellation = default) =>
        options?.Folder is null && name is not null && Same(name, DigitsName)
            ? TestDigits()
            : Open(name!, options, cancellation).Test;

    private static Dataset TestDigits() => SyntheticData.Digits(10_000, SyntheticData.DigitsToTestWith);

    private static (Dataset Train, Dataset Test) OpenPublished(
        PublishedImages data, DataOptions options, CancellationToken cancellation)
    {
        if (options.Folder is { } given && !Directory.Exists(given))
            throw new InvalidDataException($"There is no folder {given} to look for {data.Title} in. Check its name.");
        string?[] roots = [options.Folder, options.Variable(FolderVariable)];
        string[] folders =
        [
            .. roots.OfType<string>().Where(root => root != "")
                .SelectMany(root => (string[])[Path.Combine(root, data.Name), root]),
        ];
        if (folders.FirstOrDefault(ImageFolder.HasAny) is { } found)
            return Read(data, found, options);

        var cache = CacheFolder(data, options);
        if (cache is null || !ImageFolder.HasAll(cache))
        {
            if (cache is null || !options.Download)
                throw new InvalidDataException(
                    $"{data.Title} was not found, and "
                    + $"{(options.Download ? "there is no cache folder to download it to" : "may not be downloaded")}. "
                    + $"Looked in: {string.Join(", ", [.. folders, cache ?? "no cache folder"])}. "
                    + $"Put {string.Join(", ", ImageFolder.FileNames)} into a folder, "
                    + $"and name it with --data or {FolderVariable}.");
            new Downloader(data, cache, options).FetchAsync(cancellation).GetAwaiter().GetResult();
        }
        return Read(data, cache, options);
    }

    private static (Dataset Train, Dataset Test) Read(PublishedImages data, string folder, DataOptions options)
    {
        var (train, test) = ImageFolder.Read(folder, data.Classes, data.Title);
        return options.Published.FirstOrDefault(other => other != data && other.Begins(test)) is { } other
            ? throw new InvalidDataException(
                $"The folder {folder} holds {other.Title}, not {data.Title}: "
                + $"its test labels are those of {other.Title}. "
                + "Their files have the same names, so put each into its own folder: "
                + $"'{other.Name}' and '{data.Name}'.")
            : (train, test);
    }

    private static string? CacheFolder(PublishedImages data, DataOptions options)
    {
        var root = options.Variable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(root ?? ""))         // the XDG specification says to ignore relative paths
            root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return string.IsNullOrEmpty(root) ? null : Path.Combine(root, "nabla", data.Name);
    }

    private static InvalidDataException Unknown(string name)
    {
        if (name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            return new($"{name}: CSV files are not read yet. Data can be {Known()}.");
        if (File.Exists(name))
            return new(
                $"{name} is a file, but the folder with the four IDX files is expected: give its folder.");
        var guess = Spelling.Nearest(name, Names);
        return new(
            $"There is no data '{name}', and no folder of that name. "
            + $"{(guess is null ? "" : $"Did you mean '{guess}'? ")}Data can be {Known()}.");
    }

    private static string Known() => $"{string.Join(", ", Names)}, or a folder of IDX files";

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
