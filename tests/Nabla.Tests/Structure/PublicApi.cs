using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla.Tests.Structure;

/// <summary>Lists the public API of an assembly: one line for each type, and below it one for each member.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static |
        BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(uint)] = "uint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(char)] = "char",
    };

    private static readonly NullabilityInfoContext nullability = new();

    public static IEnumerable<string> Of(Assembly assembly)
    {
        var types = assembly.GetTypes().Where(References.IsPublic);
        foreach (var type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            yield return Header(type);
            var members = Members(type)
                .OrderBy(member => member.Name, StringComparer.Ordinal)
                .ThenBy(member => member.Line, StringComparer.Ordinal);
            foreach (var (_, line) in members)
                yield return "    " + line;
        }
    }

    private static string Header(Type type)
    {
        var bases = new List<string>();
        Type[] implied = [typeof(object), typeof(ValueType), typeof(Enum), typeof(MulticastDelegate)];
        if (type.BaseType is { } parent && !implied.Contains(parent))
            bases.Add(Name(parent));
        bases.AddRange(type.GetInterfaces()
            .Except(type.BaseType?.GetInterfaces() ?? [])
            .Where(References.IsPublic)
            .Where(i => !IsRecord(type) || !i.IsGenericType || i.GetGenericTypeDefinition() != typeof(IEquatable<>))
            .Select(Name)
            .Order(StringComparer.Ordinal));
        var list = bases.Count > 0 ? " : " + string.Join(", ", bases) : "";
        return $"{Kind(type)} {type.Namespace}.{Name(type, withOuter: true)}{list}";
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum)
            return "enum";
        if (type.IsInterface)
            return "interface";
        var record = IsRecord(type) ? "record " : "";
        if (type.IsValueType)
        {
            var isReadOnly = type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "";
            var isRef = type.IsByRefLike ? "ref " : "";
            return $"{isReadOnly}{isRef}{record}struct";
        }
        var inheritance =
            type.IsAbstract && type.IsSealed ? "static "
            : type.IsAbstract ? "abstract "
            : type.IsSealed ? "sealed "
            : "";
        return inheritance + (record.Length > 0 ? "record" : "class");
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType
            && type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true);

    /// <summary>Constructors come first, because their name is “.ctor”.</summary>
    private static IEnumerable<(string Name, string Line)> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(References.IsPublic).Where(field => !field.IsSpecialName))
            yield return (field.Name, type.IsEnum
                ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
                : Field(field));
        foreach (var constructor in type.GetConstructors(Declared).Where(References.IsPublic))
            yield return (constructor.Name, $"{Access(constructor)}{PlainName(type)}({Parameters(constructor)})");
        foreach (var property in type.GetProperties(Declared).Where(property => !IsGenerated(property)))
            if (property.GetAccessors(nonPublic: true).Where(References.IsPublic).FirstOrDefault() is { } accessor)
                yield return (property.Name, Property(property, accessor));
        foreach (var method in type.GetMethods(Declared).Where(References.IsPublic))
            if (!IsGenerated(method)
                && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)))
                yield return (method.Name, Method(method));
    }

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string Field(FieldInfo field)
    {
        var kind = field.IsLiteral ? "const " : field.IsStatic ? "static " : "";
        var isReadOnly = field.IsInitOnly ? "readonly " : "";
        var value = field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "";
        return $"{kind}{isReadOnly}{Name(field.FieldType, nullability.Create(field))} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property, MethodInfo accessor)
    {
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var get = property.GetMethod is { } getter && References.IsPublic(getter) ? "get; " : "";
        var set = property.SetMethod is not { } setter || !References.IsPublic(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var type = Name(property.PropertyType, nullability.Create(property));
        return $"{Access(accessor)}{Modifiers(accessor)}{required}{type} {name} {{ {get}{set}}}";
    }

    private static string Method(MethodInfo method)
    {
        var arguments = method.GetGenericArguments().Select(t => t.Name);
        var name = method.IsGenericMethod ? $"{method.Name}<{string.Join(", ", arguments)}>" : method.Name;
        var type = Name(method.ReturnType, nullability.Create(method.ReturnParameter));
        return $"{Access(method)}{Modifiers(method)}{type} {name}({Parameters(method)})";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? method.IsFinal ? "sealed override " : "override "
        : method.IsVirtual && !method.IsFinal ? "virtual " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var isParams = parameter.IsDefined(typeof(ParamArrayAttribute))
            || parameter.IsDefined(typeof(ParamCollectionAttribute));
        var kind = parameter.IsOut ? "out " : isParams ? "params " : "";
        var type = Name(parameter.ParameterType, nullability.Create(parameter));
        if (parameter.IsOut)
            type = type["ref ".Length..];
        var value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "";
        return $"{kind}{type} {parameter.Name}{value}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Name(Type type) => Name(type, withOuter: true);

    private static string Name(Type type, NullabilityInfo info)
    {
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!, info);
        var mark = !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
            return Name(type.GetElementType()!, info.ElementType!) + "[]" + mark;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        if (!type.IsGenericType || info.GenericTypeArguments.Length != type.GetGenericArguments().Length)
            return Name(type) + mark;
        var arguments = type.GetGenericArguments().Zip(info.GenericTypeArguments, Name);
        return $"{PlainName(type)}<{string.Join(", ", arguments)}>{mark}";
    }

    private static string Name(Type type, bool withOuter)
    {
        if (keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        var isInner = withOuter && type is { IsNested: true, IsGenericParameter: false };
        var outer = isInner ? Name(type.DeclaringType!) + "." : "";
        var arguments = type.GetGenericArguments().Select(Name);
        return outer + PlainName(type) + (type.IsGenericType ? $"<{string.Join(", ", arguments)}>" : "");
    }

    private static string PlainName(Type type) => type.Name.Split('`')[0];
}
